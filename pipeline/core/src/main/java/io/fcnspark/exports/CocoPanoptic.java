package io.fcnspark.exports;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fcnspark.image.PngEncoder;
import io.fcnspark.image.RgbImage;
import io.fcnspark.labels.LabelClass;
import io.fcnspark.labels.Mask;
import java.util.List;

/**
 * COCO's panoptic format: {@code annotations/panoptic_default.json}, and {@code annotations/panoptic_default/NAME.png} whose colours are segments, R + 256 G + 65536 B
 * being the id. A class of an image is one segment: there are no instances here.
 */
record CocoPanoptic(List<LabelClass> classes) implements LabelFormat {
    private static final String FOLDER = "annotations/panoptic_default";

    @Override
    public ImageExport export(ExportedImage image) {
        Mask mask = image.mask();
        ObjectNode annotation = JsonNodeFactory.instance
                .objectNode()
                .put("image_id", image.number())
                .put("file_name", image.stem() + ".png");
        ArrayNode segments = annotation.putArray("segments_info");
        mask.pixelsByLabel()
                .forEach((classId, area) -> segments.add(
                        CocoCategories.segment(mask, classId, area).put("id", CocoCategories.category(classId))));
        return new ImageExport(
                List.of(new ImageExport.File(
                        FOLDER + "/" + image.stem() + ".png", PngEncoder.encode(segmentColours(mask)))),
                List.of(CocoCategories.image(image).toString(), annotation.toString()));
    }

    private static RgbImage segmentColours(Mask mask) {
        char[] labels = mask.labels();
        byte[] rgb = new byte[3 * labels.length];
        for (int i = 0; i < labels.length; i++) {
            int segment = CocoCategories.category(labels[i]);
            rgb[3 * i] = (byte) segment;
            rgb[3 * i + 1] = (byte) (segment >> 8);
            rgb[3 * i + 2] = (byte) (segment >> 16);
        }
        return new RgbImage(mask.width(), mask.height(), rgb);
    }

    @Override
    public List<Document> documents() {
        return List.of(CocoCategories.document(FOLDER + ".json", classes));
    }
}
