package example;

import io.fcnspark.engine.Device;
import io.fcnspark.engine.EngineRequest;
import io.fcnspark.errors.FcnException;
import io.fcnspark.spark.FcnActions;
import io.fcnspark.spark.label.LabelResult;
import java.util.List;
import org.apache.spark.sql.SparkSession;

public final class LabelFolder {
    public static void main(String[] args) {
        try (SparkSession spark = SparkSession.builder().appName("label a folder").getOrCreate()) {
            LabelResult result = FcnActions.on(spark)
                    .labelImages()
                    .inputs(List.of(args[0]))
                    .model(args[1])
                    .output(args[2])
                    .engine(EngineRequest.AUTO.withDevice(Device.CPU))
                    .execute();
            System.out.printf("%d labelled, %d rejected, in %s%n", result.labelled(), result.rejected(), result.output());
        } catch (FcnException e) {
            // Whose it is to put right: input, model, engine, output or storage.
            System.err.printf("%s: %s%n", e.fault(), e.getMessage());
            System.exit(3);
        }
    }
}
