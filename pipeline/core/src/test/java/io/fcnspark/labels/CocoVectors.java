package io.fcnspark.labels;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Masks with what pycocotools makes of them; {@code coco_vectors.py} tells how they were made. */
final class CocoVectors {
    private CocoVectors() {}

    /**
     * One class of one mask.
     *
     * @param expected {@code counts, area, bbox, polygons, polygon_counts}, the last being what pycocotools makes of the polygons
     */
    record Vector(Mask mask, int classId, JsonNode expected) {
        @Override
        public String toString() {
            return "class %d of %dx%d".formatted(classId, mask.width(), mask.height());
        }
    }

    static Stream<Vector> all() {
        try (InputStream in = CocoVectors.class.getResourceAsStream("coco_vectors.json")) {
            return StreamSupport.stream(new ObjectMapper().readTree(in).spliterator(), false)
                    .flatMap(CocoVectors::classes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Vector> classes(JsonNode json) {
        char[] labels = json.get("pixels").textValue().toCharArray();
        for (int i = 0; i < labels.length; i++) {
            labels[i] -= '0';
        }
        Mask mask = new Mask(json.get("width").intValue(), json.get("height").intValue(), labels);
        return Stream.iterate(0, id -> id < json.get("classes").size(), id -> id + 1)
                .map(id -> new Vector(mask, id, json.get("classes").get(id)));
    }
}
