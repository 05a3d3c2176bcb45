package io.fcnspark.scenes;

import io.fcnspark.image.RgbImage;
import io.fcnspark.labels.LabelConvention;
import io.fcnspark.labels.LabelConventions;
import io.fcnspark.labels.MaskPng;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.LongStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Scenes as files, in the plain layout: {@code images/scene_000000.jpg} with its truth in {@code labels/scene_000000.png}, grey,
 * a pixel being its class id and 255 void, and {@code labels.json}, which says what the ids mean (see {@link LabelConvention}).
 */
public final class SceneFolder {
    /** The file that says what the labels mean. */
    public static final String LABELS_FILE = "labels.json";

    private static final float JPEG_QUALITY = 0.93f;

    private SceneFolder() {}

    /**
     * Writes the first scenes of a generator, over files of the same names; uses all processors.
     *
     * @param count number of scenes
     * @param folder is made if it does not exist
     * @throws IOException if a file cannot be written
     */
    public static void write(SceneGenerator generator, long count, Path folder) throws IOException {
        Path images = Files.createDirectories(folder.resolve("images"));
        Path labels = Files.createDirectories(folder.resolve("labels"));
        Files.writeString(
                folder.resolve(LABELS_FILE),
                LabelConventions.toJson(LabelConvention.plain(SceneGenerator.CLASSES))
                                .toPrettyString() + "\n");
        try {
            LongStream.range(0, count).parallel().forEach(index -> {
                Scene scene = generator.scene(index);
                String name = "scene_%06d".formatted(index);
                try {
                    Files.write(images.resolve(name + ".jpg"), jpeg(scene.image()));
                    Files.write(
                            labels.resolve(name + ".png"),
                            MaskPng.encode(
                                    scene.truth(),
                                    SceneGenerator.CLASSES.size(),
                                    SceneGenerator.CLASSES.ignoreLabel()));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static byte[] jpeg(RgbImage image) throws IOException {
        BufferedImage buffer = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_3BYTE_BGR);
        byte[] bgr = ((DataBufferByte) buffer.getRaster().getDataBuffer()).getData();
        byte[] rgb = image.rgb();
        for (int i = 0; i < rgb.length; i += 3) {
            bgr[i] = rgb[i + 2];
            bgr[i + 1] = rgb[i + 1];
            bgr[i + 2] = rgb[i];
        }
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(out);
            ImageWriteParam parameters = writer.getDefaultWriteParam();
            parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            parameters.setCompressionQuality(JPEG_QUALITY);
            writer.write(null, new IIOImage(buffer, null, null), parameters);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
