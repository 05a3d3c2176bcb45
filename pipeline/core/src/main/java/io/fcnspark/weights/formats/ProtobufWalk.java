package io.fcnspark.weights.formats;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Walks through the messages of a protobuf file field by field, as a stream: what nobody asks for is skipped, and arrays of
 * numbers are left where they lie.
 */
final class ProtobufWalk {
    private final SourceFile file;
    private final CodedInputStream input;
    private int tag;

    private ProtobufWalk(SourceFile file) {
        this.file = file;
        this.input = CodedInputStream.newInstance(new RegionInputStream(file, 0, file.size()));
        // The size of the whole file; what is read at once is far less.
        input.setSizeLimit(Integer.MAX_VALUE);
    }

    /** What is done with a field: it must read the value from the walk, or call {@link #skip}. */
    interface FieldVisitor {
        void field(int number, int wireType) throws IOException;
    }

    /** Whoever gets to see the fields of the outermost message. */
    interface Visitor {
        FieldVisitor of(ProtobufWalk walk);
    }

    /**
     * Walks through a file.
     *
     * @throws io.fcnspark.weights.ModelException if it is cut short or no protobuf
     */
    static void through(SourceFile file, Visitor visitor) throws IOException {
        if (file.size() > Integer.MAX_VALUE) {
            throw file.failure(
                    "has %d bytes, more than a protobuf message may have (2147483647)".formatted(file.size()),
                    "save the weights as safetensors");
        }
        ProtobufWalk walk = new ProtobufWalk(file);
        try {
            walk.fields(visitor.of(walk));
        } catch (InvalidProtocolBufferException e) {
            throw file.damaged(
                    "breaks off or makes no sense as protobuf at byte %d (%s)"
                            .formatted(walk.position(), e.getMessage()),
                    e);
        }
    }

    /** Offset in the file of what is read next. */
    int position() {
        return input.getTotalBytesRead();
    }

    private void fields(FieldVisitor visitor) throws IOException {
        for (tag = input.readTag(); tag != 0; tag = input.readTag()) {
            visitor.field(WireFormat.getTagFieldNumber(tag), WireFormat.getTagWireType(tag));
        }
    }

    /** Walks through the fields of the message that is the value of the present field. */
    void message(FieldVisitor visitor) throws IOException {
        int outer = input.pushLimit(length());
        fields(visitor);
        input.checkLastTagWas(0);
        input.popLimit(outer);
    }

    /** Skips the value of the present field. */
    void skip() throws IOException {
        if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
            input.skipRawBytes(length());
        } else {
            input.skipField(tag);
        }
    }

    /** The value of the present field, bytes of which nothing but the place is read. */
    Bytes bytes() throws IOException {
        int length = length();
        Bytes bytes = new Bytes(position(), length);
        input.skipRawBytes(length);
        return bytes;
    }

    String string() throws IOException {
        int length = length();
        return new String(input.readRawBytes(length), StandardCharsets.UTF_8);
    }

    long number() throws IOException {
        return input.readInt64();
    }

    int fixed32() throws IOException {
        return input.readFixed32();
    }

    long fixed64() throws IOException {
        return input.readFixed64();
    }

    /** Numbers of a repeated integer field, packed or one by one. */
    void numbers(int wireType, List<Long> numbers) throws IOException {
        eachNumber(wireType, numbers::add);
    }

    /** The same, one after the other. */
    void eachNumber(int wireType, LongConsumer numbers) throws IOException {
        if (wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
            int outer = input.pushLimit(length());
            while (!input.isAtEnd()) {
                numbers.accept(input.readInt64());
            }
            input.popLimit(outer);
        } else {
            numbers.accept(input.readInt64());
        }
    }

    /** Where some bytes lie in the file. */
    record Bytes(long offset, int length) {}

    /** Reads a length, and checks that so much is left of the file: skipping alone would not notice its end. */
    private int length() throws IOException {
        int length = input.readRawVarint32();
        if (length < 0 || length > file.size() - position()) {
            throw file.damaged("breaks off: a field at byte %d has %d bytes, but the file ends at %d"
                    .formatted(position(), Integer.toUnsignedLong(length), file.size()));
        }
        return length;
    }
}
