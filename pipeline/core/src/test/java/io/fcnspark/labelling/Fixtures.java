package io.fcnspark.labelling;

import io.fcnspark.engine.ConfidenceMap;
import io.fcnspark.engine.Device;
import io.fcnspark.engine.Engines;
import io.fcnspark.engine.Precision;
import io.fcnspark.engine.Segmenter;
import io.fcnspark.image.Preprocessing;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.labels.LabelClass;
import io.fcnspark.labels.Mask;
import io.fcnspark.labels.MaskPng;
import io.fcnspark.network.Architecture.FcnArchitecture;
import io.fcnspark.network.Backbone;
import io.fcnspark.network.Geometry;
import io.fcnspark.network.Variant;
import io.fcnspark.weights.ModelBundle;
import io.fcnspark.weights.ModelDescription;
import io.fcnspark.weights.RandomWeights;
import io.fcnspark.weights.RandomWeights.ScoreLayers;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/** Small pictures, truth and models, made from seeds. */
public final class Fixtures {
    public static final ClassSet CLASSES = new ClassSet(
            "five",
            IntStream.range(0, 5)
                    .mapToObj(id -> new LabelClass(id, "class" + id, id * 0x111111))
                    .toList(),
            255);

    private Fixtures() {}

    /** A bundle of random weights of a net of the family that takes milliseconds. */
    public static Path model(Path folder, long seed) {
        ModelBundle.save(
                folder,
                sha256 -> new ModelDescription(
                        "tiny",
                        new FcnArchitecture(Variant.FCN_8S, Backbone.vgg16(1.0 / 32), Geometry.SAME),
                        CLASSES,
                        Preprocessing.TORCH,
                        sha256,
                        Map.of()),
                RandomWeights.sources(
                        io.fcnspark.network.Fcn.of(
                                Variant.FCN_8S, Backbone.vgg16(1.0 / 32), CLASSES.size(), Geometry.SAME),
                        seed,
                        ScoreLayers.HE_NORMAL));
        return folder;
    }

    /** A model of that kind, saved in a folder and loaded into ONNX Runtime. */
    public static Segmenter segmenter(Path folder) {
        return Segmenter.load(
                ModelBundle.load(model(folder, 1)),
                Engines.installed().named("onnxruntime"),
                Device.CPU,
                Precision.FP32,
                1);
    }

    /** What labels images one by one, those of more than 600 000 pixels in tiles. */
    public static ImageLabeller labeller(
            Iterator<ListedImage> images,
            Segmenter segmenter,
            ListedBytes bytes,
            BoundedDecoder decoder,
            ConfidenceMap confidenceMap,
            StageClock clock) {
        TileLabeller tiles = new TileLabeller(
                segmenter, Segmenter.tiling(600_000), bytes, decoder, confidenceMap, new HeapShare(1 << 29), clock);
        UnavailableImages unavailable = new UnavailableImages(message -> {});
        return new ImageLabeller(images, segmenter, bytes, decoder, tiles, confidenceMap, 1, unavailable, clock);
    }

    /** Blocks of random colours, in the format that the name ends in. */
    public static Path picture(Path file, int width, int height, long seed) {
        Random random = new Random(seed);
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y += 8) {
            for (int x = 0; x < width; x += 8) {
                int colour = random.nextInt(1 << 24);
                for (int v = y; v < Math.min(y + 8, height); v++) {
                    for (int u = x; u < Math.min(x + 8, width); u++) {
                        image.setRGB(u, v, colour);
                    }
                }
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        String name = file.getFileName().toString();
        try {
            ImageIO.write(image, name.substring(name.lastIndexOf('.') + 1), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return write(file, bytes.toByteArray());
    }

    /** Random class ids, every tenth pixel void. */
    public static Path truth(Path file, int width, int height, long seed) {
        Random random = new Random(seed);
        char[] labels = new char[width * height];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = (char) (i % 10 == 0 ? Mask.IGNORE : random.nextInt(CLASSES.size()));
        }
        return write(file, MaskPng.encode(new Mask(width, height, labels), CLASSES.size(), CLASSES.ignoreLabel()));
    }

    public static Path write(Path file, byte[] bytes) {
        try {
            Files.createDirectories(file.getParent());
            return Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static List<Path> pictures(Path folder, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> picture(folder.resolve("picture%03d.png".formatted(i)), 40 + 7 * (i % 5), 33 + i % 3, i))
                .toList();
    }
}
