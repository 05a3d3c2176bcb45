package io.fcnspark.onnx;

import io.fcnspark.network.Fcn;
import io.fcnspark.weights.ModelDescription;
import io.fcnspark.weights.ModelDescriptionJson;
import io.fcnspark.weights.ModelWords;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an ONNX file says about itself: descriptions for people (empty: none), and properties for programs.
 *
 * @param model of the whole
 * @param input of the graph's input
 * @param output of the graph's output
 * @param properties free keys and values of the file
 */
public record OnnxDocumentation(String model, String input, String output, Map<String, String> properties) {
    /** For a graph that no one but its maker gets. */
    public static final OnnxDocumentation NONE = new OnnxDocumentation("", "", "", Map.of());

    /** Everything that one must know to use the file elsewhere, and that {@code fcn import} must know to read it back. */
    static OnnxDocumentation of(ModelDescription model) {
        String preprocessing = ModelWords.preprocessing(model);
        String classes = ModelWords.classes(model);
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("preprocessing", preprocessing);
        properties.put("classes", classes);
        properties.put(ModelDescriptionJson.METADATA_KEY, ModelDescriptionJson.write(model));
        return new OnnxDocumentation(
                "%s: semantic segmentation, %s, %s classes. Input '%s': preprocessed images of any size; output '%s': scores of every pixel."
                        .formatted(
                                model.identity(),
                                ModelWords.network(model),
                                model.network().numClasses(),
                                Fcn.DATA,
                                Fcn.SCORE),
                "Images [batch, channel, height, width], any height and width, no padding needed. Channels and values (0 to 255 before): "
                        + preprocessing,
                "Scores [batch, class, height, width] before softmax; a pixel's class is the one with the highest score. Classes: "
                        + classes,
                properties);
    }
}
