package io.fcnspark.training;

import io.fcnspark.image.ImageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.core.loader.MultiDataSetLoader;
import org.nd4j.common.loader.Source;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Makes the batches of a round when a worker comes to them, so each worker holds one of them. DL4J hands out paths; a path here
 * is the number of a batch.
 */
final class BatchLoader implements MultiDataSetLoader {
    private static final long serialVersionUID = 1;

    /** DL4J opens the file system of a path, though no file is read by its path. */
    private static final String SCHEME = "file:/";

    private final TrainingData data;
    private final ArrayList<Batch> batches;
    private final long garbage;
    private transient ExampleReader reader;

    /** @param garbage bytes of native memory that a worker leaves unused after a round */
    BatchLoader(TrainingData data, List<Batch> batches, long garbage) {
        this.data = data;
        this.garbage = garbage;
        this.batches = new ArrayList<>(batches);
    }

    List<String> paths() {
        return IntStream.range(0, batches.size()).mapToObj(i -> SCHEME + i).toList();
    }

    @Override
    public MultiDataSet load(Source source) throws IOException {
        if (reader == null) {
            reader = data.reader();
            NativeGarbage.add(garbage);
        }
        Batch batch = batches.get(Integer.parseInt(source.getPath().substring(SCHEME.length())));
        try {
            return data.batch(batch, reader);
        } catch (ImageException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
