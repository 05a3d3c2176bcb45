package io.fcnspark.exports;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fcnspark.labels.LabelClass;
import io.fcnspark.labels.Mask;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * Tasks of Label Studio with a prediction each: {@code tasks.json} to import, and {@code labels.xml}, the labelling interface of
 * the project.
 */
record LabelStudio(Map<Integer, String> names, String labellingInterface) implements LabelFormat {
    private static final String TOOL = "mask";
    private static final String IMAGE = "image";

    static LabelStudio of(List<LabelClass> classes) {
        return new LabelStudio(
                classes.stream().collect(Collectors.toUnmodifiableMap(LabelClass::id, LabelClass::name)),
                labellingInterface(classes));
    }

    @Override
    public ImageExport export(ExportedImage image) {
        ObjectNode task = JsonNodeFactory.instance.objectNode();
        task.putObject("data").put(IMAGE, image.reference());
        ObjectNode prediction = task.putArray("predictions")
                .addObject()
                .put("model_version", image.model())
                .put("score", image.confidence());
        ArrayNode results = prediction.putArray("result");
        image.mask().pixelsByLabel().keySet().forEach(classId -> results.add(brush(image.mask(), classId)));
        return new ImageExport(List.of(), List.of(task.toString()));
    }

    private ObjectNode brush(Mask mask, int classId) {
        ObjectNode result = JsonNodeFactory.instance
                .objectNode()
                .put("id", "class-" + classId)
                .put("type", "brushlabels")
                .put("from_name", TOOL)
                .put("to_name", IMAGE)
                .put("original_width", mask.width())
                .put("original_height", mask.height())
                .put("image_rotation", 0);
        ObjectNode value = result.putObject("value").put("format", "rle");
        ArrayNode rle = value.putArray("rle");
        for (byte b : LabelStudioRle.of(mask, classId)) {
            rle.add(b & 0xff);
        }
        value.putArray("brushlabels").add(names.get(classId));
        return result;
    }

    @Override
    public boolean refersToImages() {
        return true;
    }

    @Override
    public List<Document> documents() {
        return List.of(
                new Document(
                        "tasks.json",
                        List.of(new Document.Text("[\n"), new Document.Parts(0, ",\n"), new Document.Text("\n]\n"))),
                new Document("labels.xml", List.of(new Document.Text(labellingInterface))));
    }

    private static String labellingInterface(List<LabelClass> classes) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
            xml.writeStartElement("View");
            xml.writeCharacters("\n  ");
            xml.writeEmptyElement("Image");
            xml.writeAttribute("name", IMAGE);
            xml.writeAttribute("value", "$" + IMAGE);
            xml.writeCharacters("\n  ");
            xml.writeStartElement("BrushLabels");
            xml.writeAttribute("name", TOOL);
            xml.writeAttribute("toName", IMAGE);
            for (LabelClass labelClass : classes) {
                xml.writeCharacters("\n    ");
                xml.writeEmptyElement("Label");
                xml.writeAttribute("value", labelClass.name());
                xml.writeAttribute("background", "#%06x".formatted(labelClass.colour()));
            }
            xml.writeCharacters("\n  ");
            xml.writeEndElement();
            xml.writeCharacters("\n");
            xml.writeEndElement();
            xml.writeCharacters("\n");
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
        return text.toString();
    }
}
