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
    /** Weights under their hash. */
    private static final Pattern HASHED = Pattern.compile("weights-[0-9a-f]{12}\\.safetensors");

    /** What {@link AtomicFile} and stores that rename leave behind of weights and descriptions when they are killed. */
    private static final Pattern LEFT_BEHIND =
            Pattern.compile("\\.+(weights|model\\.json).*\\.tmp|_(weights|model\\.json).*\\.part");

    private final BundleStore store;
    private final Set<String> names;

    private BundleReplacement(BundleStore store) throws IOException {
        this.store = store;
        this.names = new HashSet<>(store.names());
    }

    static void run(BundleStore store, ModelDescription description, ModelBundle.PutWeights weights)
            throws IOException {
        new BundleReplacement(store).run(description, weights);
    }

    static boolean isHashed(String name) {
        return HASHED.matcher(name).matches();
    }

    private void run(ModelDescription description, ModelBundle.PutWeights weights) throws IOException {
        finishReplacedDescription();
        Optional<String> old = oldWeights();
        if (old.isPresent() && names.contains(ModelBundle.WEIGHTS_FILE)) {
            setAside(old.get());
        }
        String file = ModelBundle.hashedName(description);
        weights.put(file);
        names.add(file);
        store.putText(ModelDescriptionJson.write(description), ModelBundle.DESCRIPTION_FILE);
        if (names.contains(ModelBundle.WEIGHTS_FILE)) {
            // There were weights without a description.
            delete(ModelBundle.WEIGHTS_FILE);
        }
        move(file, ModelBundle.WEIGHTS_FILE);
        for (String name : store.names()) {
            boolean older = isHashed(name) && !Optional.of(name).equals(old);
            if (older || LEFT_BEHIND.matcher(name).matches()) {
                store.delete(name);
            }
        }
    }

    /** Where a description cannot be replaced at once, readers go by the new one as soon as the old one is gone. */
    private void finishReplacedDescription() throws IOException {
        if (!names.contains(ModelBundle.DESCRIPTION_FILE) && names.contains(ModelBundle.DESCRIPTION_PART)) {
            move(ModelBundle.DESCRIPTION_PART, ModelBundle.DESCRIPTION_FILE);
        }
    }

    /** The name with the hash for the weights that are described; empty if nothing valid is. */
    private Optional<String> oldWeights() throws IOException {
        if (!names.contains(ModelBundle.DESCRIPTION_FILE)) {
            return Optional.empty();
        }
        try {
            String json = store.text(ModelBundle.DESCRIPTION_FILE);
            return Optional.of(ModelBundle.hashedName(ModelDescriptionJson.read(json, ModelBundle.DESCRIPTION_FILE)));
        } catch (ModelException e) {
            return Optional.empty();
        }
    }

    private void setAside(String hashed) throws IOException {
        if (names.contains(hashed)) {
            // A move that was cut short, where moving is copying and deleting.
            delete(ModelBundle.WEIGHTS_FILE);
        } else {
            move(ModelBundle.WEIGHTS_FILE, hashed);
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
