package io.fcnspark.weights.formats;

import com.google.protobuf.WireFormat;
import io.fcnspark.weights.DataType;
import io.fcnspark.weights.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * The values of a repeated {@code float} or {@code double} field, or of one with numbers of 16 bits. As a rule they are packed in one piece, which stays in the
 * file; but they may come in several, or one by one with a tag each, and are then collected outside the heap.
 */
final class NumberArray {
    private final SourceFile file;
    private final DataType dataType;
    /** The first packed piece; null if there is none, or once it has been collected. */
    private ProtobufWalk.Bytes piece;

    private ByteBuffer collected = allocate(0);

    /** An array in {@link DataType#F32}, {@link DataType#F64}, or {@link DataType#F16} for 16 bits of any meaning. */
    NumberArray(SourceFile file, DataType dataType) {
        this.file = file;
        this.dataType = dataType;
    }

    /** Adds the value or values of the field at which the walk is. */
    void add(ProtobufWalk walk, int wireType) throws IOException {
        if (wireType != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
            collectPiece();
            reserve(dataType.bytes());
            if (dataType == DataType.F32) {
                collected.putInt(walk.fixed32());
            } else {
                collected.putLong(walk.fixed64());
            }
            return;
        }
        ProtobufWalk.Bytes bytes = walk.bytes();
        if (piece == null && collected.position() == 0) {
            piece = bytes;
        } else {
            collectPiece();
            collect(bytes);
        }
    }

    /** Adds values of 16 bits, each of which is stored as a number of its own of variable length. */
    void addHalves(ProtobufWalk walk, int wireType) throws IOException {
        walk.eachNumber(wireType, number -> {
            reserve(Short.BYTES);
            collected.putShort((short) number);
        });
    }

    /** Number of values. */
    long size() {
        return (piece != null ? piece.length() : collected.position()) / dataType.bytes();
    }

    /** The values as a tensor of a shape that has as many. */
    Tensor tensor(String name, List<Integer> shape) throws IOException {
        return piece != null
                ? file.tensor(name, dataType, shape, piece.offset())
                : new Tensor(dataType, shape, collected.duplicate().flip());
    }

    private void collectPiece() throws IOException {
        if (piece != null) {
            collect(piece);
            piece = null;
        }
    }

    private void collect(ProtobufWalk.Bytes bytes) throws IOException {
        reserve(bytes.length());
        collected.put(file.map("values", bytes.offset(), bytes.length()));
    }

    private void reserve(int bytes) {
        if (collected.remaining() < bytes) {
            long wanted = Math.max(2L * collected.capacity(), (long) collected.position() + bytes);
            collected = allocate((int) Math.min(wanted, Integer.MAX_VALUE)).put(collected.flip());
        }
    }

    private static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
