package io.fcnspark.training;

import io.fcnspark.errors.FcnException;

/** The loss is infinite or no number: steps were too large. */
public final class DivergedException extends FcnException {
    private static final long serialVersionUID = 1;

    DivergedException(int epoch, int step) {
        super(
                Fault.INPUT,
                "the loss is not a number any more in epoch %d, after %d steps; take a smaller learning rate"
                        .formatted(epoch, step),
                null);
    }
}
