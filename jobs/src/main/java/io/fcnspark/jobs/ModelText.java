package io.fcnspark.jobs;

import io.fcnspark.labels.LabelClass;
import io.fcnspark.network.Fcn;
import io.fcnspark.network.Layer;
import io.fcnspark.network.Layer.Activation;
import io.fcnspark.network.Layer.Add;
import io.fcnspark.network.Layer.Convolution;
import io.fcnspark.network.Layer.Crop;
import io.fcnspark.network.Layer.Dropout;
import io.fcnspark.network.Layer.Input;
import io.fcnspark.network.Layer.MaxPool;
import io.fcnspark.network.Layer.PadToMultiple;
import io.fcnspark.network.Layer.Scale;
import io.fcnspark.network.Layer.TransposedConvolution;
import io.fcnspark.network.Operations;
import io.fcnspark.network.Parameter;
import io.fcnspark.network.ReceptiveField;
import io.fcnspark.network.Shape;
import io.fcnspark.network.Shapes;
import io.fcnspark.weights.ModelDescription;
import io.fcnspark.weights.ModelWords;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A model in plain text, for people: what it is, and each layer for an image of a given size. */
public final class ModelText {
    private static final int LINE = 110;
    private static final String INDENT = " ".repeat(16);
    private static final List<String> COLUMNS = List.of(
            "layer", "kind", "input", "kernel", "stride", "pad", "output", "parameters", "GFLOP", "field", "every");
    private static final int TEXT_COLUMNS = 3;

    private ModelText() {}

    /**
     * The text, several lines, each ended by a line feed.
     *
     * @param height height of the image in pixels
     * @param width width of the image in pixels
     * @throws IllegalArgumentException if the size is not positive
     */
    public static String text(ModelDescription model, int height, int width) {
        return facts(model, wrapped(model.classes().classes())) + "\n" + layers(model.network(), height, width);
    }

    /**
     * The model in a few lines, each ended by a line feed: its identity, network, preprocessing and number of classes, and how it
     * came to be.
     */
    public static String summary(ModelDescription model) {
        return facts(model, "");
    }

    private static String facts(ModelDescription model, String classes) {
        StringBuilder text = new StringBuilder(model.identity()).append('\n');
        fact(text, "network", ModelWords.network(model));
        fact(text, "preprocessing", ModelWords.preprocessing(model));
        fact(
                text,
                "classes",
                format(
                        "%d of %s, ignore label %d",
                        model.classes().size(),
                        model.classes().name(),
                        model.classes().ignoreLabel()));
        text.append(classes);
        fact(text, "weights", "sha-256 " + model.weightsSha256());
        model.provenance().forEach((key, value) -> fact(text, key, value));
        return text.toString();
    }

    private static void fact(StringBuilder text, String name, String value) {
        text.append(format("  %-13s %s", name, value)).append('\n');
    }

    private static String wrapped(List<LabelClass> classes) {
        StringBuilder text = new StringBuilder();
        StringBuilder line = new StringBuilder();
        for (LabelClass c : classes) {
            String item = format("%d %s", c.id(), c.name());
            if (line.length() > 0 && INDENT.length() + line.length() + 2 + item.length() > LINE) {
                text.append(INDENT).append(line).append(",\n");
                line.setLength(0);
            }
            line.append(line.length() == 0 ? "" : ", ").append(item);
        }
        return text.append(INDENT).append(line).append('\n').toString();
    }

    private static String layers(Fcn network, int height, int width) {
        Map<String, Shape> shapes = Shapes.infer(network.layers(), height, width);
        Map<String, Long> operations = Operations.count(network.layers(), height, width);
        Map<String, ReceptiveField> fields = ReceptiveField.of(network.layers());
        Kinds kinds = new Kinds();
        List<List<String>> rows = new ArrayList<>(List.of(COLUMNS));
        for (Layer layer : network.layers()) {
            String name = layer.name();
            List<String> kind = layer.accept(kinds);
            List<String> row = new ArrayList<>(List.of(name, kind.get(0), String.join(" ", layer.inputs())));
            row.addAll(kind.subList(1, kind.size()));
            long parameters =
                    Fcn.parameters(layer).stream().mapToLong(Parameter::size).sum();
            row.add(shapes.get(name).toString());
            row.add(parameters == 0 ? "" : grouped(parameters));
            row.add(operations.get(name) == 0 ? "" : format("%.3f", operations.get(name) / 1e9));
            row.add(String.valueOf(fields.get(name).size()));
            row.add(String.valueOf(fields.get(name).stride()));
            rows.add(row);
        }
        long total = operations.values().stream().mapToLong(Long::longValue).sum();
        return format(
                        "For an image of %dx%d (height x width); output is channels x height x width, field and every are pixels of the image\n\n",
                        height, width)
                + aligned(rows)
                + format(
                        "\n%s parameters, %.1f MB in fp32; %.2f GFLOP for an image\n",
                        grouped(network.parameterCount()), network.parameterCount() * 4 / 1e6, total / 1e9);
    }

    /** What a layer does, its kernel, its stride and its padding; empty where it has none. */
    private static final class Kinds implements Layer.Visitor<List<String>> {
        @Override
        public List<String> input(Input layer) {
            return List.of("image", "", "", "");
        }

        @Override
        public List<String> padToMultiple(PadToMultiple layer) {
            return List.of("pad to multiple of " + layer.multiple(), "", "", "");
        }

        @Override
        public List<String> convolution(Convolution layer) {
            String kind = layer.activation() == Activation.RELU ? "convolution, ReLU" : "convolution";
            return List.of(kind, square(layer.kernel()), "1", String.valueOf(layer.padding()));
        }

        @Override
        public List<String> maxPool(MaxPool layer) {
            return List.of("max pool", square(layer.kernel()), String.valueOf(layer.stride()), "0");
        }

        @Override
        public List<String> dropout(Dropout layer) {
            return List.of("dropout " + ModelWords.number(layer.rate()), "", "", "");
        }

        @Override
        public List<String> scale(Scale layer) {
            return List.of("times " + ModelWords.number(layer.factor()), "", "", "");
        }

        @Override
        public List<String> transposedConvolution(TransposedConvolution layer) {
            return List.of(
                    "transposed conv.",
                    square(layer.kernel()),
                    String.valueOf(layer.stride()),
                    String.valueOf(layer.padding()));
        }

        @Override
        public List<String> crop(Crop layer) {
            return List.of("crop at " + layer.offset(), "", "", "");
        }

        @Override
        public List<String> add(Add layer) {
            return List.of("sum", "", "", "");
        }
    }

    private static String square(int size) {
        return size + "x" + size;
    }

    private static String aligned(List<List<String>> rows) {
        boolean[] isNumber = new boolean[COLUMNS.size()];
        Arrays.fill(isNumber, TEXT_COLUMNS, isNumber.length, true);
        Columns columns = new Columns("  ", isNumber);
        List<String[]> cells =
                rows.stream().map(row -> row.toArray(String[]::new)).toList();
        cells.forEach(columns::fit);
        return cells.stream().map(row -> columns.line(row) + "\n").collect(Collectors.joining());
    }

    /** Never in the digits of the machine's language: the text is for tests and scripts too. */
    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }

    private static String grouped(long number) {
        return format("%,d", number);
    }
}
