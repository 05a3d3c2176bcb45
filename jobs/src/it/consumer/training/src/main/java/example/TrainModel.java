package example;

import io.fcnspark.labels.LabelConvention;
import io.fcnspark.labels.LabelConventions;
import io.fcnspark.network.Variant;
import io.fcnspark.spark.finetune.FineTune;
import io.fcnspark.spark.finetune.FineTuneReport;
import io.fcnspark.training.Augmentation;
import io.fcnspark.training.Augmentation.Flip;
import io.fcnspark.training.TrainingOptions;
import io.fcnspark.training.TrainingOptions.Optimiser;
import io.fcnspark.training.TrainingOptions.Schedule;
import io.fcnspark.training.TrainingOptions.Upsampling;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;

public final class TrainModel {
    public static void main(String[] args) throws Exception {
        String json = args[0] + "/labels.json";
        LabelConvention labels = LabelConventions.fromJson(Files.readString(Path.of(json)), json);
        Augmentation windows = new Augmentation(320, 320, 0.5, 2, Flip.HORIZONTAL);
        // Learning rate, momentum, weight decay, dropout; images a step, workers, steps between averagings, epochs, seed.
        TrainingOptions options = new TrainingOptions(
                Optimiser.ADAM, 0.001, Schedule.POLYNOMIAL, 0.9, 0.0005, 0.5, Upsampling.FIXED, windows, 4, 1, 8, 2, 1);
        try (SparkSession spark = SparkSession.builder().appName("train a model").getOrCreate()) {
            FineTuneReport report = FineTune.on(spark, options)
                    .images(List.of(args[0]), List.of(args[1]), labels)
                    .fromScratch(Variant.FCN_32S, 0.03125)
                    .output(args[2], "street")
                    .execute();
            System.out.printf("%s: mean IU %.3f%n", report.model(), report.best().meanIou());
        }
    }
}
