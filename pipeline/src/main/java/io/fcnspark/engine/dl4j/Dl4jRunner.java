package io.fcnspark.engine.dl4j;

import io.fcnspark.engine.FeatureMaps;
import io.fcnspark.engine.NetworkRunner;
import io.fcnspark.engine.RunnerOptions;
import io.fcnspark.network.Fcn;
import io.fcnspark.weights.Weights;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
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

    Dl4jRunner(Fcn network, Weights weights, RunnerOptions options) {
        this.graph = new ComputationGraph(FcnGraphs.builder(
                        new NeuralNetConfiguration.Builder()
                                .dataType(DataType.FLOAT)
                                .inferenceWorkspaceMode(WorkspaceMode.ENABLED),
                        network,
                        options.outputLayer())
                .build());
        try {
            onThread(() -> {
                Nd4j.getBackend(); // Loads the natives, which NativeOpsHolder needs.
                NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(options.threads());
                FcnGraphs.initialise(graph, network, weights);
                return null;
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
    public FeatureMaps run(FeatureMaps data) {
        return onThread(() -> runHere(data));
    }

    private FeatureMaps runHere(FeatureMaps data) {
        try (INDArray input =
                Nd4j.createUninitialized(DataType.FLOAT, data.count(), data.channels(), data.height(), data.width())) {
            FcnGraphs.floats(input).put(data.values());
            try (INDArray output = graph.outputSingle(false, input)) {
                FeatureMaps result = FeatureMaps.allocate(
                        (int) output.size(0), (int) output.size(1), (int) output.size(2), (int) output.size(3));
                result.values().put(FcnGraphs.floats(output));
                return result;
            }
        }
    }

    @Override
    public void close() {
        if (!thread.isShutdown()) {
            onThread(() -> {
                graph.close();
                Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
                return null;
            });
            thread.shutdown();
        }
    }

    private <T> T onThread(Callable<T> work) {
        try {
            return thread.submit(work).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the network", e);
        }
    }
}
