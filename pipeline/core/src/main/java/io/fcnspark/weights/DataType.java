package io.fcnspark.weights;

/** Number formats of tensors, under the names that the safetensors format gives them. */
public enum DataType {
    F64(8),
    F32(4),
    F16(2),
    BF16(2),
    I8(1);

    private final int bytes;

    DataType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one value. */
    public int bytes() {
        return bytes;
    }
}
