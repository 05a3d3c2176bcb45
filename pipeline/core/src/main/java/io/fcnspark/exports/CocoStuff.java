package io.fcnspark.exports;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fcnspark.labels.CocoRle;
import io.fcnspark.labels.LabelClass;
import io.fcnspark.labels.Mask;
import java.util.List;
import java.util.stream.Collectors;

/** COCO's format of stuff: {@code annotations/stuff_default.json}, in which a class of an image is an annotation with compressed run lengths. */
record CocoStuff(List<LabelClass> classes) implements LabelFormat {
    @Override
    public ImageExport export(ExportedImage image) {
        Mask mask = image.mask();
        String annotations = mask.pixelsByLabel().entrySet().stream()
                .map(entry ->
                        annotation(image, entry.getKey(), entry.getValue()).toString())
                .collect(Collectors.joining(",\n"));
        return new ImageExport(List.of(), List.of(CocoCategories.image(image).toString(), annotations));
    }

    private ObjectNode annotation(ExportedImage image, int classId, long area) {
        CocoRle rle = CocoRle.of(image.mask(), classId);
        ObjectNode annotation = CocoCategories.segment(image.mask(), classId, area)
                .put("id", (image.number() - 1) * annotationsPerImage() + CocoCategories.category(classId))
                .put("image_id", image.number());
        ObjectNode segmentation = annotation.putObject("segmentation").put("counts", rle.counts());
        segmentation.putArray("size").add(rle.height()).add(rle.width());
        return annotation;
    }

    private long annotationsPerImage() {
        return classes.get(classes.size() - 1).id() + 1L;
    }

    @Override
    public List<Document> documents() {
        return List.of(CocoCategories.document("annotations/stuff_default.json", classes));
    }
}
