package io.fcnspark.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class SafetensorsTest {
    @TempDir
    private Path folder;

    private static float[] floats(Tensor tensor) {
        FloatBuffer values = tensor.floats();
        float[] copy = new float[values.remaining()];
        values.get(copy);
        return copy;
    }

    /** The file was written by the format's own library, see reference.py. */
    @Test
    void readsWhatTheReferenceImplementationWrites() throws Exception {
        Path file = Path.of(
                SafetensorsTest.class.getResource("reference.safetensors").toURI());
        SafetensorsFile read = Safetensors.read(file);

        assertThat(read.metadata()).isEqualTo(Map.of("source", "safetensors.numpy", "note", "Größe 7"));
        Weights weights = read.weights();
        assertThat(weights.tensors().keySet())
                .containsExactlyInAnyOrder("f64", "f32", "f16", "bf16", "scalar", "empty", "größe.weight");
        assertThat(weights.tensor("f64").shape()).containsExactly(2, 3);
        assertThat(floats(weights.tensor("f64")))
                .containsExactly(1 / 3f, Float.NEGATIVE_INFINITY, 0f, (float) Math.PI, 0f, Float.POSITIVE_INFINITY);
        assertThat(weights.tensor("f32").shape()).containsExactly(2, 3, 2, 2);
        float[] sevenths = floats(weights.tensor("f32"));
        for (int i = 0; i < 24; i++) {
            assertThat(sevenths[i]).isEqualTo(i / 7f);
        }
        assertThat(floats(weights.tensor("f16")))
                .containsExactly(
                        0f,
                        -0f,
                        1f,
                        -2.5f,
                        65504f,
                        0x1p-14f,
                        0x1p-24f,
                        -3 * 0x1p-24f,
                        Float.POSITIVE_INFINITY,
                        Float.NEGATIVE_INFINITY,
                        Float.NaN,
                        0.33325195f);
        // 2^-133 is the smallest number of bf16, and the nearest to 1e-40.
        assertThat(floats(weights.tensor("bf16")))
                .containsExactly(1f, -3.140625f, 3.3895314e38f, 0x1p-133f, Float.POSITIVE_INFINITY, 0f);
        assertThat(weights.tensor("scalar").shape()).isEmpty();
        assertThat(floats(weights.tensor("scalar"))).containsExactly(42.5f);
        assertThat(weights.tensor("empty").shape()).containsExactly(0, 3);
        assertThat(weights.tensor("empty").size()).isZero();
        assertThat(floats(weights.tensor("größe.weight"))).containsExactly(7f);
    }

    @Test
    void readsWhatItWrote() throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("half", new Tensor(DataType.BF16, List.of(3), ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5, 6})));
        tensors.put("a.weight", Tensor.of(List.of(2, 2), new float[] {1, Float.NaN, -0f, Float.MIN_VALUE}));
        tensors.put("b.bias", Tensor.of(List.of(1), new float[] {-7}));
        tensors.put("wide", new Tensor(DataType.F64, List.of(1), ByteBuffer.wrap(new byte[] {9, 8, 7, 6, 5, 4, 3, 2})));
        Path file = folder.resolve("w.safetensors");

        String hash = Safetensors.write(file, Map.of("b", "2", "a", "1"), TensorSource.of(new Weights(tensors)));

        assertThat(hash).isEqualTo(Sha256.of(file));
        SafetensorsFile read = Safetensors.read(file);
        assertThat(read.metadata()).isEqualTo(Map.of("a", "1", "b", "2"));
        // Wider types first, and otherwise as given.
        assertThat(read.weights().tensors().keySet()).containsExactly("wide", "a.weight", "b.bias", "half");
        assertThat(read.weights().tensors()).isEqualTo(tensors);
        assertThat(read.weights().tensor("half").bytes().isDirect()).isTrue();
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(bytes.getLong() % 8).isZero();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void aFileThatIsReplacedKeepsItsTensorsInUse() {
        Path file = folder.resolve("w.safetensors");
        Safetensors.write(file, Map.of(), List.of(TensorSource.of("x", Tensor.of(List.of(1), new float[] {1}))));
        Tensor old = Safetensors.read(file).weights().tensor("x");

        Safetensors.write(file, Map.of(), List.of(TensorSource.of("x", Tensor.of(List.of(1), new float[] {2}))));

        assertThat(floats(old)).containsExactly(1);
        assertThat(floats(Safetensors.read(file).weights().tensor("x"))).containsExactly(2);
    }

    @Test
    void aWriteThatFailsLeavesTheOldFileAndNothingElse() throws IOException {
        Path file = folder.resolve("w.safetensors");
        Safetensors.write(file, Map.of(), List.of(TensorSource.of("x", Tensor.of(List.of(1), new float[] {1}))));
        byte[] before = Files.readAllBytes(file);
        TensorSource broken = new TensorSource("x", DataType.F32, List.of(2), () -> {
            throw new IllegalStateException("no values");
        });

        assertThatThrownBy(() -> Safetensors.write(file, Map.of(), List.of(broken)))
                .hasMessage("no values");

        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void aTensorUnlikeItsAnnouncementIsNotWritten() {
        TensorSource source =
                new TensorSource("x", DataType.F32, List.of(2), () -> Tensor.of(List.of(1), new float[] {1}));
        assertThatThrownBy(() -> Safetensors.write(folder.resolve("w.safetensors"), Map.of(), List.of(source)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("x was announced as F32 [2], but is F32 [1]");
    }

    @Test
    void twoTensorsOfOneNameAreNotWritten() {
        TensorSource source = TensorSource.of("x", Tensor.of(List.of(1), new float[] {1}));
        assertThatThrownBy(() -> Safetensors.write(folder.resolve("w"), Map.of(), List.of(source, source)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'x'");
    }

    @Test
    void writingWhereThereIsNoFolderSaysWhatToDo() {
        assertThatThrownBy(() -> Safetensors.write(folder.resolve("none/w.safetensors"), Map.of(), List.of()))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("w.safetensors")
                .hasMessageContaining("check that the folder exists");
    }

    static Stream<Arguments> brokenHeaders() {
        return Stream.of(
                Arguments.of("[]", 0, "does not begin with '{'"),
                Arguments.of("{\"x\":", 0, "no valid JSON"),
                Arguments.of("{} {}", 0, "no valid JSON"),
                Arguments.of(x("F32", "[1]", 0, 4).replace("}}", "},\"x\":1}"), 4, "Duplicate field 'x'"),
                Arguments.of("{\"x\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}", 4, "Duplicate field 'dtype'"),
                Arguments.of("{\"x\":1}", 0, "tensor 'x' is described by 1"),
                Arguments.of("{\"x\":{\"dtype\":\"F32\",\"shape\":[1]}}", 0, "tensor 'x' is described by"),
                Arguments.of(
                        x("I64", "[1]", 0, 8), 8, "tensor 'x' has type I64, expected one of [F64, F32, F16, BF16, I8]"),
                Arguments.of(x("F32", "1", 0, 4), 4, "tensor 'x' has shape 1, expected an array"),
                Arguments.of(x("F32", "[-1]", 0, 4), 4, "tensor 'x' has shape [-1], expected whole numbers"),
                Arguments.of(x("F32", "[1.0]", 0, 4), 4, "tensor 'x' has shape [1.0], expected whole numbers"),
                Arguments.of(x("F32", "[2147483648]", 0, 4), 4, "tensor 'x' has a dimension of 2147483648"),
                Arguments.of(
                        x("F32", "[2147483647,2147483647,2147483647]", 0, 4), 4, "tensor 'x' of shape [2147483647,"),
                Arguments.of(x("F32", "[2]", 0, 4), 4, "tensor 'x' of shape [2] in F32 takes 8 bytes, but"),
                Arguments.of(x("F32", "[1]", 4, 0), 4, "tensor 'x' has data_offsets [4, 0]"),
                Arguments.of(
                        x("F32", "[600000000]", 0, 2_400_000_000L),
                        4,
                        "tensor 'x' has 2400000000 bytes, more than the 2147483647"),
                Arguments.of(x("F32", "[1]", 4, 8), 8, "tensor 'x' begins at 4 of the data, but the tensor before"),
                Arguments.of(
                        two(0, 4, 8, 12), 12, "tensor 'y' begins at 8 of the data, but the tensor before it ends at 4"),
                Arguments.of(
                        two(0, 4, 0, 4), 4, "tensor 'y' begins at 0 of the data, but the tensor before it ends at 4"),
                Arguments.of(two(0, 4, 4, 8), 7, "ends at 8 of the data, but the file has only 7"),
                Arguments.of(two(0, 4, 4, 8), 9, "has 9 bytes of data, but its tensors take 8"),
                Arguments.of("{\"__metadata__\":[]}", 0, "__metadata__ that is no JSON object"),
                Arguments.of("{\"__metadata__\":{\"a\":1}}", 0, "__metadata__ that is no string: 'a'"));
    }

    private static String x(String dtype, String shape, long begin, long end) {
        return "{\"x\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}}".formatted(dtype, shape, begin, end);
    }

    private static String two(long begin, long end, long begin2, long end2) {
        String x = x("F32", "[1]", begin, end);
        String y = x("F32", "[1]", begin2, end2).replace("\"x\"", "\"y\"");
        return x.substring(0, x.length() - 1) + "," + y.substring(1);
    }

    @ParameterizedTest
    @MethodSource("brokenHeaders")
    void aBrokenHeaderIsNamedWithItsFile(String header, int dataBytes, String message) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        Path file = file(json.length, json, dataBytes);
        assertThatThrownBy(() -> Safetensors.read(file))
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(message)
                .hasMessageContaining("; ");
    }

    @Test
    void aHeaderLengthIsNotTrusted() throws IOException {
        assertThatThrownBy(() -> Safetensors.read(file(3, "{}".getBytes(StandardCharsets.UTF_8), 0)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("has 10 bytes, but its header alone ends at 11");
        assertThatThrownBy(() -> Safetensors.read(file(100_000_001, "{}".getBytes(StandardCharsets.UTF_8), 0)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("announces a header of 100000001 bytes");
        assertThatThrownBy(() -> Safetensors.read(file(-1, "{}".getBytes(StandardCharsets.UTF_8), 0)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("announces a header of 18446744073709551615 bytes");
        Path stub = Files.write(folder.resolve("stub"), new byte[7]);
        assertThatThrownBy(() -> Safetensors.read(stub))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("has 7 bytes");
    }

    @Test
    void whatIsNoFileIsNamed() {
        assertThatThrownBy(() -> Safetensors.read(folder.resolve("none")))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("none: there is no such file");
        assertThatThrownBy(() -> Safetensors.read(folder))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("is a folder");
    }

    private Path file(long headerLength, byte[] header, int dataBytes) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(headerLength)
                .put(header);
        return Files.write(folder.resolve("broken.safetensors"), bytes.array());
    }

    /** Tensors beyond 2 GB of a file; the file is sparse, so it takes no room. */
    @Test
    void aFileMayBeLargerThanTwoGigabytes() throws IOException {
        int half = 1_200_000_000;
        String header = two(0, half, half, 2L * half).replace("[1]", "[" + half / 4 + "]");
        Path file = folder.resolve("large.safetensors");
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        try (var channel = Files.newByteChannel(
                file,
                java.nio.file.StandardOpenOption.CREATE_NEW,
                java.nio.file.StandardOpenOption.WRITE,
                java.nio.file.StandardOpenOption.SPARSE)) {
            channel.write(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(json.length)
                    .flip());
            channel.write(ByteBuffer.wrap(json));
            channel.position(8 + json.length + 2L * half - 4);
            channel.write(ByteBuffer.allocate(4)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putFloat(6.5f)
                    .flip());
        }
        Weights weights = Safetensors.read(file).weights();
        assertThat(weights.tensor("x").floats().get(half / 4 - 1)).isZero();
        assertThat(weights.tensor("y").floats().get(half / 4 - 1)).isEqualTo(6.5f);
    }
}
