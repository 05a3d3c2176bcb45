package io.fcnspark.spark.model;

import io.fcnspark.engine.ThreadFailure;
import io.fcnspark.weights.Model;
import io.fcnspark.weights.ModelBundle;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.apache.hadoop.conf.Configuration;

/**
 * Compares the weights of a bundle with their hash. Weights that are on this machine are read in a thread of their own while
 * images are listed; others travel only if there is something to label.
 */
public final class ModelCheck {
    private final Optional<FutureTask<Model>> early;

    private ModelCheck(Optional<FutureTask<Model>> early) {
        this.early = early;
    }

    /** Begins with what can begin. */
    public static ModelCheck begin(String uri, Configuration configuration) {
        return new ModelCheck(LocalModel.onThisMachine(uri, configuration).map(folder -> {
            FutureTask<Model> check = new FutureTask<>(() -> ModelBundle.load(folder));
            Thread thread = new Thread(check, "fcn-model-check");
            thread.setDaemon(true);
            thread.start();
            return check;
        }));
    }

    /**
     * The model of a bundle, whose weights are as described.
     *
     * @param folder where the bundle is by now
     * @throws io.fcnspark.weights.ModelException if it cannot be used
     */
    public Model finish(Path folder) {
        if (early.isEmpty()) {
            return ModelBundle.load(folder);
        }
        try {
            return early.get().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the weights were read", e);
        } catch (ExecutionException e) {
            throw ThreadFailure.of(e);
        }
    }
}
