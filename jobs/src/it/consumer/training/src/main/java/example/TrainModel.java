package example;

import io.fcnspark.labels.LabelConvention;
import io.fcnspark.labels.LabelConventions;
import io.fcnspark.network.Backbone;
import io.fcnspark.network.Variant;
import io.fcnspark.spark.finetune.FcnTraining;
import io.fcnspark.spark.finetune.FineTuneResult;
import io.fcnspark.training.Augmentation;
import io.fcnspark.training.TrainingOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;

public final class TrainModel {
    public static void main(String[] args) throws Exception {
        String json = args[0] + "/labels.json";
        LabelConvention labels = LabelConventions.fromJson(Files.readString(Path.of(json)), json);
        try (SparkSession spark = SparkSession.builder().appName("train a model").getOrCreate()) {
            FineTuneResult result = FcnTraining.on(spark)
                    .fineTune()
                    .images(List.of(args[0]), List.of(args[1]), labels)
                    .fromScratch(Variant.FCN_32S, Backbone.vgg16(0.03125))
                    .output(args[2], "street")
                    .options(TrainingOptions.builder().epochs(2).build())
                    .execute();
            System.out.printf("%s: mean IU %.3f%n", result.model(), result.best().meanIou());
        }
    }
}
