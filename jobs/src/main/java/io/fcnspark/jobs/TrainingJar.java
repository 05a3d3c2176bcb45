package io.fcnspark.jobs;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** The verb {@code finetune} where the jar that trains is missing: says how to add it. */
@Command(
        name = "finetune",
        description =
                "Trains a model on images with truth. Needs fcn-spark-training.jar beside fcn-spark.jar, or in --jars.")
final class TrainingJar implements Callable<Integer> {
    /** Options are not looked at. */
    @Unmatched
    @SuppressWarnings("unused")
    private List<String> arguments;

    /** Whether training is possible. */
    static boolean isOnClassPath() {
        return TrainingJar.class.getClassLoader().getResource("io/fcnspark/training/Trainer.class") != null;
    }

    @Override
    public Integer call() {
        throw new UserException("training is in a jar of its own, which is not on the class path: put"
                + " fcn-spark-training.jar beside fcn-spark.jar, or name it in --jars of spark-submit");
    }
}
