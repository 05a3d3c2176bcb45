package io.fcnspark.labels;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The classes that a network tells apart, in the order of its scores.
 *
 * @param name for example {@code camvid}
 * @param classes with ids 0, 1, 2, …
 * @param ignoreLabel pixel value that marks ignored pixels where truth in terms of these class ids is stored, for example 255;
 *     not a class id
 */
public record ClassSet(String name, List<LabelClass> classes, int ignoreLabel) {
    public ClassSet {
        classes = List.copyOf(classes);
        if (ignoreLabel < classes.size() || ignoreLabel > Mask.IGNORE) {
            throw new IllegalArgumentException("class set '%s' of %d classes has ignore label %d: expected %d to %d"
                    .formatted(name, classes.size(), ignoreLabel, classes.size(), Mask.IGNORE));
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < classes.size(); i++) {
            LabelClass labelClass = classes.get(i);
            if (labelClass.id() != i) {
                throw new IllegalArgumentException("class set '%s': class '%s' at position %d has id %d"
                        .formatted(name, labelClass.name(), i, labelClass.id()));
            }
            if (!names.add(labelClass.name())) {
                throw new IllegalArgumentException(
                        "class set '%s' has two classes named '%s'".formatted(name, labelClass.name()));
            }
        }
    }

    /** Number of classes. */
    public int size() {
        return classes.size();
    }

    /** Names in the order of the ids. */
    public List<String> names() {
        return classes.stream().map(LabelClass::name).toList();
    }
}
