package example;

import io.fcnspark.engine.EngineChoice;
import io.fcnspark.engine.EngineRequest;
import io.fcnspark.engine.Engines;
import io.fcnspark.engine.Segmentation;
import io.fcnspark.engine.Segmenter;
import io.fcnspark.image.ImageDecoder;
import io.fcnspark.image.RgbImage;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.labels.MaskPng;
import io.fcnspark.weights.Model;
import io.fcnspark.weights.ModelBundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

public final class SegmentOneImage {
    public static void main(String[] args) throws Exception {
        Model model = ModelBundle.load(Path.of(args[0]));
        RgbImage image = new ImageDecoder(ImageDecoder.DEFAULT_MAX_PIXELS).decode(Files.readAllBytes(Path.of(args[1])));
        EngineChoice choice = Engines.installed().choose(EngineRequest.AUTO, model.description());
        int threads = Runtime.getRuntime().availableProcessors();
        try (Segmenter segmenter =
                Segmenter.load(model, choice.engine(), choice.device(), choice.precision(), threads)) {
            Segmentation result = segmenter.segment(List.of(image)).get(0);
            ClassSet classes = model.description().classes();
            result.classes()
                    .forEach(found ->
                            System.out.printf("%s: %d pixels%n", classes.names().get(found.id()), found.pixels()));
            Files.write(Path.of(args[2]), MaskPng.encode(result.mask(), classes.size()));
        }
    }
}
