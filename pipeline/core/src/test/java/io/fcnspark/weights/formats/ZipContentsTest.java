package io.fcnspark.weights.formats;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZipContentsTest {
    /** commons-compress 1.23 to 1.26 closes in {@code ZipFile.finalize()} the channel that it was given. */
    @ParameterizedTest
    @ValueSource(strings = {"torchvision.pth", "arrays.npz"})
    void aFileStaysOpenWhenTheGarbageCollectorFindsItsArchiveUnused(String name) {
        Path path = WeightFixtures.file(name);

        byte[] read = SourceFile.read(path, file -> {
            List<String> names = ZipContents.open(file).names();
            finalizeWhatIsUnused();
            assertThat(names).isNotEmpty();
            return file.bytes(0, 2).array();
        });

        assertThat(read).asString().isEqualTo("PK");
    }

    private static void finalizeWhatIsUnused() {
        WeakReference<Object> sentinel = new WeakReference<>(new Object());
        while (sentinel.get() != null) {
            System.gc();
        }
        System.runFinalization();
    }
}
