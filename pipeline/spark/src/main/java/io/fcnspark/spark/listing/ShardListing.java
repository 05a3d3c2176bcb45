package io.fcnspark.spark.listing;

import io.fcnspark.image.ImageException.Code;
import io.fcnspark.labelling.EntryName;
import io.fcnspark.labelling.EntryPlace;
import io.fcnspark.labelling.ImageFile;
import io.fcnspark.labelling.ListedImage;
import io.fcnspark.labelling.ListingProblem;
import io.fcnspark.shards.DamagedShardException;
import io.fcnspark.shards.ShardEntry;
import io.fcnspark.shards.ShardFormat;
import io.fcnspark.shards.ShardImage;
import io.fcnspark.shards.ShardImages;
import io.fcnspark.shards.ShardReader;
import io.fcnspark.spark.storage.HadoopPaths;
import io.fcnspark.spark.storage.StoredShard;
import java.io.IOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The images in a shard, each with the time of the shard: a shard that was written anew has new images. What is wrong with the
 * shard comes last, as a row of the shard itself.
 */
final class ShardListing implements Iterator<ListedImage>, AutoCloseable {
    private final ImageFile shard;
    private final ShardImages images;
    private Optional<ListedImage> next;

    ShardListing(ImageFile shard, Configuration configuration) {
        this.shard = shard;
        Path path = new Path(shard.uri());
        this.images = new ShardImages(new ShardReader(
                new StoredShard(path, shard.bytes(), configuration),
                ShardFormat.of(path.getName()).orElseThrow()));
        this.next = advance();
    }

    @Override
    public boolean hasNext() {
        return next.isPresent();
    }

    @Override
    public ListedImage next() {
        ListedImage current = next.orElseThrow(NoSuchElementException::new);
        next = current.file().equals(shard) ? Optional.empty() : advance();
        return current;
    }

    private Optional<ListedImage> advance() {
        try {
            return images.next().map(this::listed);
        } catch (DamagedShardException e) {
            return Optional.of(
                    switch (e.kind()) {
                        case BROKEN ->
                            problem(
                                    Code.TRUNCATED,
                                    "the shard is damaged; what comes before is labelled: " + e.getMessage());
                        case CONTINUED ->
                            problem(
                                    Code.UNSUPPORTED,
                                    "the shard goes on behind its end; what comes before is labelled: "
                                            + e.getMessage());
                    });
        } catch (IOException e) {
            return Optional.of(problem(null, "the shard cannot be listed: " + HadoopPaths.reason(e)));
        }
    }

    private ListedImage problem(Code code, String message) {
        return new ListedImage(shard, null, null, new ListingProblem(code, message));
    }

    private ListedImage listed(ShardImage image) {
        ShardEntry entry = image.image();
        Optional<ShardEntry> truth = image.truth().filter(t -> t.offset() != ShardEntry.SCATTERED);
        return new ListedImage(
                new ImageFile(uri(entry), shard.modified(), entry.bytes()),
                truth.map(this::uri).orElse(null),
                new EntryPlace(
                        shard.uri(),
                        entry.offset(),
                        truth.map(ShardEntry::offset).orElse(null),
                        truth.map(ShardEntry::bytes).orElse(null)),
                entry.offset() == ShardEntry.SCATTERED
                        ? new ListingProblem(
                                Code.UNSUPPORTED, "the shard holds it as a sparse file: make it without sparse files")
                        : null);
    }

    private String uri(ShardEntry entry) {
        return new EntryName(shard.uri(), entry.name()).uri();
    }

    @Override
    public void close() {
        images.close();
    }
}
