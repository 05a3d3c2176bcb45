package io.fcnspark.engine.onednn;

import org.bytedeco.javacpp.Pointer;

/** A place in native memory that somebody else owns. */
final class Address extends Pointer {
    Address(long address) {
        this.address = address;
    }
}
