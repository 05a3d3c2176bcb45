package io.fcnspark.weights;

import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Replaces the model of a bundle so that a reader finds the old one or the new one, and so does whoever reads after the process
 * was killed. The description is the one file that decides: until it is replaced, the weights that it names by their hash stay
 * where a reader looks for them.
 *
 * <ol>
 *   <li>The old weights get their hash into their name. From now on no file is called {@code weights.safetensors}: that name never
 *       means another model than the description does.
 *   <li>The new weights are put beside them, under their hash.
 *   <li>The description is replaced: the old model is followed by the new one.
 *   <li>The new weights are given the plain name, which is what other tools know.
 *   <li>What is older than the old weights is deleted. The old weights stay until the next time, for readers that have begun.
 * </ol>
 */
final class BundleReplacement {
    /** What {@link AtomicFile} and stores that rename leave behind of weights and descriptions when they are killed. */
    private static final Pattern LEFT_BEHIND =
            Pattern.compile("\\.+(weights|model\\.json).*\\.tmp|_(weights|model\\.json).*\\.part");

    private final BundleStore store;
    private final Set<String> names;

    private BundleReplacement(BundleStore store) throws IOException {
        this.store = store;
        this.names = new HashSet<>(store.names());
    }

    static void run(BundleStore store, ModelDescription description, PutWeights weights) throws IOException {
        new BundleReplacement(store).run(description, weights);
    }

    private void run(ModelDescription description, PutWeights weights) throws IOException {
        finishReplacedDescription();
        Optional<String> old = oldWeights();
        if (old.isPresent() && names.contains(BundleFiles.WEIGHTS)) {
            setAside(old.get());
        }
        String file = BundleFiles.hashed(description);
        weights.put(file);
        names.add(file);
        store.putText(ModelDescriptionJson.write(description), BundleFiles.DESCRIPTION);
        if (names.contains(BundleFiles.WEIGHTS)) {
            // There were weights without a description.
            delete(BundleFiles.WEIGHTS);
        }
        move(file, BundleFiles.WEIGHTS);
        for (String name : store.names()) {
            boolean older = BundleFiles.isHashed(name) && !Optional.of(name).equals(old);
            if (older || LEFT_BEHIND.matcher(name).matches()) {
                store.delete(name);
            }
        }
    }

    /** Where a description cannot be replaced at once, readers go by the new one as soon as the old one is gone. */
    private void finishReplacedDescription() throws IOException {
        if (!names.contains(BundleFiles.DESCRIPTION) && names.contains(BundleFiles.DESCRIPTION_PART)) {
            move(BundleFiles.DESCRIPTION_PART, BundleFiles.DESCRIPTION);
        }
    }

    /** The name with the hash for the weights that are described; empty if nothing valid is. */
    private Optional<String> oldWeights() throws IOException {
        if (!names.contains(BundleFiles.DESCRIPTION)) {
            return Optional.empty();
        }
        try {
            String json = store.text(BundleFiles.DESCRIPTION);
            return Optional.of(BundleFiles.hashed(ModelDescriptionJson.read(json, BundleFiles.DESCRIPTION)));
        } catch (ModelException e) {
            return Optional.empty();
        }
    }

    private void setAside(String hashed) throws IOException {
        if (names.contains(hashed)) {
            // A move that was cut short, where moving is copying and deleting.
            delete(BundleFiles.WEIGHTS);
        } else {
            move(BundleFiles.WEIGHTS, hashed);
        }
    }

    private void move(String from, String to) throws IOException {
        store.move(from, to);
        names.remove(from);
        names.add(to);
    }

    private void delete(String name) throws IOException {
        store.delete(name);
        names.remove(name);
    }
}
