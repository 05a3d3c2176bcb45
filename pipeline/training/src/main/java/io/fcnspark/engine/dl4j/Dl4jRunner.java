package io.fcnspark.engine.dl4j;

import io.fcnspark.engine.EngineException;
import io.fcnspark.engine.FeatureMaps;
import io.fcnspark.engine.NetworkRunner;
import io.fcnspark.engine.RunnerOptions;
import io.fcnspark.engine.ThreadFailure;
import io.fcnspark.network.Fcn;
import io.fcnspark.weights.Weights;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspaceManager;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * One graph and one thread on which it is loaded and run. The vertices of a DL4J graph hold the arrays of the run in progress,
 * so runs wait for each other; and the memory of activations (ND4J's workspaces) and the number of threads of OpenMP both
 * belong to the thread that uses them. Activations keep their memory for the next run; it grows to what the largest input
 * needed.
 */
final class Dl4jRunner implements NetworkRunner {
    private final ExecutorService thread = Executors.newSingleThreadExecutor(Dl4jRunner::thread);
    private final ComputationGraph graph;
    private final INDArray parameters;

    Dl4jRunner(Fcn network, Weights weights, RunnerOptions options) {
        this.graph = new ComputationGraph(FcnGraphs.builder(
                        new NeuralNetConfiguration.Builder()
                                .dataType(DataType.FLOAT)
                                .inferenceWorkspaceMode(WorkspaceMode.ENABLED),
                        network,
                        options.outputLayer())
                .build());
        try {
            this.parameters = onThread(() -> {
                Nd4j.getBackend(); // Loads the natives, which NativeOpsHolder needs.
                NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(options.threads());
                return FcnGraphs.initialise(graph, network, weights);
            });
        } catch (RuntimeException | Error e) {
            thread.shutdown();
            throw e;
        }
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "dl4j");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void run(FeatureMaps data, FeatureMaps result) {
        try {
            onThread(Executors.callable(() -> runHere(data, result)));
        } catch (RuntimeException | OutOfMemoryError e) {
            throw new EngineException(
                    "DL4J failed on %d images of %dx%d pixels: %s"
                            .formatted(data.count(), data.width(), data.height(), e.getMessage()),
                    e);
        }
    }

    private void runHere(FeatureMaps data, FeatureMaps result) {
        try (INDArray input =
                Nd4j.createUninitialized(DataType.FLOAT, data.count(), data.channels(), data.height(), data.width())) {
            FcnGraphs.floats(input).put(data.values());
            try (INDArray output = graph.outputSingle(false, input)) {
                long[] room = {result.count(), result.channels(), result.height(), result.width()};
                if (!Arrays.equals(output.shape(), room)) {
                    throw new IllegalArgumentException("the result has shape %s, but there is room for %s"
                            .formatted(Arrays.toString(output.shape()), Arrays.toString(room)));
                }
                result.values().put(FcnGraphs.floats(output));
            }
        }
    }

    @Override
    public void close() {
        if (!thread.isShutdown()) {
            onThread(Executors.callable(this::release));
            thread.shutdown();
        }
    }

    /** What {@link ComputationGraph#close} does, without its full garbage collections. */
    private void release() {
        parameters.close();
        MemoryWorkspaceManager workspaces = Nd4j.getWorkspaceManager();
        workspaces.getAllWorkspacesForCurrentThread().forEach(workspaces::destroyWorkspace);
    }

    /** Waits even if interrupted: the caller may use its buffers again as soon as this returns. */
    private <T> T onThread(Callable<T> work) {
        Future<T> result = thread.submit(work);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return result.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw ThreadFailure.of(e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
