package io.fcnspark.exports;

import io.fcnspark.image.PngEncoder;
import io.fcnspark.labels.LabelClass;
import io.fcnspark.labels.Mask;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The layout of the VOC data set: {@code SegmentationClass/NAME.png}, a pixel being its class id and the palette the colours of
 * the classes, {@code ImageSets/Segmentation/default.txt} with the names, and CVAT's {@code labelmap.txt} that says which colour
 * is which class.
 *
 * @param classes with colours of which no two are the same, and none but that of a class {@code background} is black
 */
record VocFolder(List<LabelClass> classes) implements LabelFormat {
    private static final int MOST_CLASSES = 256;
    private static final int OPAQUE = 0xff000000;

    static VocFolder of(List<LabelClass> classes) {
        if (classes.get(classes.size() - 1).id() >= MOST_CLASSES) {
            throw new IllegalArgumentException(
                    "class ids up to %d: a PNG with a palette holds 0 to %d; take coco-panoptic"
                            .formatted(classes.get(classes.size() - 1).id(), MOST_CLASSES - 1));
        }
        return new VocFolder(DistinctColours.of(classes));
    }

    @Override
    public ImageExport export(ExportedImage image) {
        Mask mask = image.mask();
        byte[] indices = new byte[mask.labels().length];
        for (int i = 0; i < indices.length; i++) {
            indices[i] = (byte) mask.labels()[i];
        }
        byte[] png = PngEncoder.encodePalette(mask.width(), mask.height(), indices, palette());
        return new ImageExport(
                List.of(new ImageExport.File("SegmentationClass/" + image.stem() + ".png", png)),
                List.of(image.stem() + "\n"));
    }

    private int[] palette() {
        int[] palette = new int[MOST_CLASSES];
        Arrays.fill(palette, OPAQUE);
        classes.forEach(labelClass -> palette[labelClass.id()] |= labelClass.colour());
        return palette;
    }

    @Override
    public String imageFolder() {
        return "JPEGImages";
    }

    @Override
    public boolean listsNames() {
        return true;
    }

    @Override
    public List<Document> documents() {
        String lines = classes.stream()
                .map(c -> "%s:%d,%d,%d::\n"
                        .formatted(c.name(), c.colour() >> 16, c.colour() >> 8 & 0xff, c.colour() & 0xff))
                .collect(Collectors.joining());
        boolean hasBackground = classes.stream().anyMatch(c -> c.name().equals(DistinctColours.BACKGROUND));
        return List.of(
                new Document("ImageSets/Segmentation/default.txt", List.of(new Document.Parts(0, ""))),
                new Document(
                        "labelmap.txt",
                        List.of(new Document.Text("# label:color_rgb:parts:actions\n"
                                + (hasBackground ? "" : DistinctColours.BACKGROUND + ":0,0,0::\n")
                                + lines))));
    }
}
