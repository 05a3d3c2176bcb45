package io.fcnspark.exports;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fcnspark.labels.BoundingBox;
import io.fcnspark.labels.LabelClass;
import io.fcnspark.labels.Mask;
import java.util.List;

/** What COCO's formats have in common. A category is the class id plus one: COCO's tools read 0 as no label. */
final class CocoCategories {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private CocoCategories() {}

    static int category(int classId) {
        return classId + 1;
    }

    /** The entry in the list of images. */
    static ObjectNode image(ExportedImage image) {
        return JSON.objectNode()
                .put("id", image.number())
                .put("file_name", image.name())
                .put("height", image.mask().height())
                .put("width", image.mask().width());
    }

    /** {@code category_id}, {@code area}, {@code bbox} and {@code iscrowd} of a class that the mask has. */
    static ObjectNode segment(Mask mask, int classId, long area) {
        BoundingBox box = BoundingBox.of(mask, classId).orElseThrow();
        ObjectNode segment =
                JSON.objectNode().put("category_id", category(classId)).put("area", area);
        segment.putArray("bbox").add(box.x()).add(box.y()).add(box.width()).add(box.height());
        return segment.put("iscrowd", 0);
    }

    /** A document with images (parts 0), annotations (parts 1) and categories. */
    static Document document(String path, List<LabelClass> classes) {
        ArrayNode categories = JSON.arrayNode();
        for (LabelClass labelClass : classes) {
            ObjectNode category = categories
                    .addObject()
                    .put("id", category(labelClass.id()))
                    .put("name", labelClass.name())
                    .put("supercategory", labelClass.name())
                    .put("isthing", 0);
            category.putArray("color")
                    .add(labelClass.colour() >> 16)
                    .add(labelClass.colour() >> 8 & 0xff)
                    .add(labelClass.colour() & 0xff);
        }
        return new Document(
                path,
                List.of(
                        new Document.Text("{\"info\":{},\"licenses\":[],\"images\":[\n"),
                        new Document.Parts(0, ",\n"),
                        new Document.Text("\n],\"annotations\":[\n"),
                        new Document.Parts(1, ",\n"),
                        new Document.Text("\n],\"categories\":" + categories + "}\n")));
    }
}
