package io.fcnspark.network;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The nets of the paper, by the stride of their finest prediction (section 4.2 and table 2). */
public enum Variant {
    FCN_32S("fcn32s", 32),
    FCN_16S("fcn16s", 16),
    FCN_8S("fcn8s", 8),
    /** FCN-8s trained in one stage: pool4 and pool3 are scaled by 0.01 and 0.0001 before they are scored. */
    FCN_8S_AT_ONCE("fcn8s-atonce", 8);

    private final String id;
    private final int stride;

    Variant(String id, int stride) {
        this.id = id;
        this.stride = stride;
    }

    /** The name in commands and in {@code model.json}, for example {@code fcn8s-atonce}. */
    public String id() {
        return id;
    }

    /** Pixels between neighbouring scores before the last upsampling: 32, 16 or 8. */
    public int stride() {
        return stride;
    }

    /**
     * The variant of a name.
     *
     * @throws IllegalArgumentException for an unknown name; the message lists the known ones
     */
    public static Variant of(String id) {
        for (Variant variant : values()) {
            if (variant.id.equals(id)) {
                return variant;
            }
        }
        throw new IllegalArgumentException("unknown variant '%s': expected one of %s"
                .formatted(id, Arrays.stream(values()).map(Variant::id).collect(Collectors.joining(", "))));
    }

    @Override
    public String toString() {
        return id;
    }
}
