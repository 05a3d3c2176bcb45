package io.fcnspark.jobs;

import io.fcnspark.spark.finetune.FineTuneResult;
import io.fcnspark.training.EpochResult;
import io.fcnspark.training.TrainingProgress;
import java.io.PrintWriter;
import java.util.Locale;

/** What a person sees of a training. */
final class TrainingSummary {
    private final PrintWriter out;

    TrainingSummary(PrintWriter out) {
        this.out = out;
    }

    /** A line within an epoch. */
    void print(TrainingProgress progress) {
        line(
                "epoch %d of %d: %,d of %,d images, loss %.4f, %.2f images/s",
                progress.epoch(),
                progress.epochs(),
                progress.images(),
                progress.imagesOfEpoch(),
                progress.loss(),
                progress.imagesPerSecond());
    }

    /** A line after an epoch. */
    void print(EpochResult epoch) {
        line(
                "epoch %d: loss %.4f, validation pixel accuracy %.2f %%, mean IU %.2f %%, %.0f s",
                epoch.epoch(), epoch.loss(), 100 * epoch.pixelAccuracy(), 100 * epoch.meanIou(), epoch.seconds());
    }

    /** What a training came to. */
    void print(FineTuneResult result) {
        line("");
        if (result.end() == FineTuneResult.End.PATIENCE) {
            line(
                    "stopped early: the mean IU was not higher for %d epochs",
                    result.history().epochs().size() - result.best().epoch());
        }
        line(
                "%s in %s: epoch %d of %d, validation pixel accuracy %.2f %%, mean IU %.2f %%",
                result.model(),
                result.output(),
                result.best().epoch(),
                result.history().epochs().size(),
                100 * result.best().pixelAccuracy(),
                100 * result.best().meanIou());
    }

    private void line(String format, Object... args) {
        out.println(String.format(Locale.ROOT, format, args));
    }
}
