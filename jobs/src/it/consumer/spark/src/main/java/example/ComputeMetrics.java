package example;

import io.fcnspark.labels.LabelConvention;
import io.fcnspark.labels.LabelConventions;
import io.fcnspark.metrics.SegmentationMetrics;
import io.fcnspark.spark.FcnActions;
import io.fcnspark.spark.evaluate.EvaluationResult;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;

public final class ComputeMetrics {
    public static void main(String[] args) throws Exception {
        LabelConvention labels = LabelConventions.fromJson(Files.readString(Path.of(args[2])), args[2]);
        try (SparkSession spark = SparkSession.builder().appName("compute metrics").getOrCreate()) {
            EvaluationResult result = FcnActions.on(spark)
                    .evaluateMasks()
                    .masks(args[0])
                    .truth(args[1], labels)
                    .execute();
            SegmentationMetrics metrics = result.metrics();
            System.out.printf("mean IU %.3f over %d images%n", metrics.meanIou().orElseThrow(), metrics.images());
            metrics.classes().forEach(c -> System.out.printf("%s: %s%n", c.name(), c.iou()));
        }
    }
}
