package io.fcnspark.labelling;

import io.fcnspark.image.ImageException;
import io.fcnspark.labels.Mask;
import java.util.Optional;

/** What there is to compare the labels of an image with. */
sealed interface Truth {
    /** Truth was not asked for. */
    Truth NONE = new None();

    /** The true labels, if there are any to compare with. */
    Optional<Mask> mask();

    /** Why there are none, though they were asked for. */
    Optional<ImageException> problem();

    /** See {@link #NONE}. */
    record None() implements Truth {
        @Override
        public Optional<Mask> mask() {
            return Optional.empty();
        }

        @Override
        public Optional<ImageException> problem() {
            return Optional.empty();
        }
    }

    /** True labels of the image's size. */
    record Labels(Mask labels) implements Truth {
        @Override
        public Optional<Mask> mask() {
            return Optional.of(labels);
        }

        @Override
        public Optional<ImageException> problem() {
            return Optional.empty();
        }
    }

    /** Truth that is missing, cannot be read, or does not fit the image. */
    record Unusable(ImageException reason) implements Truth {
        @Override
        public Optional<Mask> mask() {
            return Optional.empty();
        }

        @Override
        public Optional<ImageException> problem() {
            return Optional.of(reason);
        }
    }
}
