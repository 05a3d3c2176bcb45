package io.fcnspark.onnx;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A protocol buffers message that is put together field by field and written as a stream. Bytes of tensors are referred to,
 * not copied. Fields are written in the order in which they were added; a nested message is complete when it is added.
 */
public final class ProtoMessage {
    @FunctionalInterface
    private interface Field {
        void write(CodedOutputStream out) throws IOException;
    }

    private final List<Field> fields = new ArrayList<>();
    private int size;

    ProtoMessage integer(int number, long value) {
        return add(CodedOutputStream.computeInt64Size(number, value), out -> out.writeInt64(number, value));
    }

    public ProtoMessage string(int number, String value) {
        return add(CodedOutputStream.computeStringSize(number, value), out -> out.writeString(number, value));
    }

    /** The remaining bytes of a buffer, whose position stays as it is. */
    ProtoMessage bytes(int number, ByteBuffer value) {
        ByteBuffer view = value.slice();
        return add(CodedOutputStream.computeByteBufferSize(number, view), out -> out.writeByteBuffer(number, view));
    }

    public ProtoMessage message(int number, ProtoMessage value) {
        int header = CodedOutputStream.computeTagSize(number) + CodedOutputStream.computeUInt32SizeNoTag(value.size);
        return add(Math.addExact(header, value.size), out -> {
            out.writeTag(number, WireFormat.WIRETYPE_LENGTH_DELIMITED);
            out.writeUInt32NoTag(value.size);
            value.writeFields(out);
        });
    }

    /** Size of the message in bytes. */
    int size() {
        return size;
    }

    void writeTo(OutputStream out) throws IOException {
        CodedOutputStream coded = CodedOutputStream.newInstance(out, 1 << 16);
        writeFields(coded);
        coded.flush();
    }

    public byte[] toBytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(size);
        try {
            writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return out.toByteArray();
    }

    private void writeFields(CodedOutputStream out) throws IOException {
        for (Field field : fields) {
            field.write(out);
        }
    }

    /** @throws ArithmeticException if the message becomes larger than 2 GiB, which the format does not allow */
    private ProtoMessage add(int fieldSize, Field field) {
        size = Math.addExact(size, fieldSize);
        fields.add(field);
        return this;
    }
}
