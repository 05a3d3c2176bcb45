package io.fcnspark.weights.formats;

import io.fcnspark.weights.ModelException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import net.razorvine.pickle.Opcodes;
import net.razorvine.pickle.PickleUtils;
import net.razorvine.pickle.Unpickler;

/**
 * Reads a pickle without executing any of it. A pickle is a program that may name any Python function and call it; this reader
 * leaves to its library only the op-codes that build plain data, and looks names up in its own {@link Vocabulary}: a name that
 * is not in it is an error before anything is done with it.
 *
 * <p>Long byte strings, the values of arrays, stay in the file; in their stead stands a {@link FileBytes} that says where.
 */
final class PickleReader extends Unpickler {
    /** Longest byte string and text that is copied to the heap. */
    private static final int SHORT = 1 << 16;

    /** Op-codes that build numbers, texts, tuples, lists and dictionaries, or remember them. */
    private static final Set<Short> PLAIN_DATA = Set.of(
            Opcodes.PROTO,
            Opcodes.FRAME,
            Opcodes.STOP,
            Opcodes.MARK,
            Opcodes.POP,
            Opcodes.POP_MARK,
            Opcodes.DUP,
            Opcodes.NONE,
            Opcodes.NEWTRUE,
            Opcodes.NEWFALSE,
            Opcodes.BININT,
            Opcodes.BININT1,
            Opcodes.BININT2,
            Opcodes.LONG1,
            Opcodes.BINFLOAT,
            Opcodes.SHORT_BINSTRING,
            Opcodes.SHORT_BINBYTES,
            Opcodes.SHORT_BINUNICODE,
            Opcodes.EMPTY_TUPLE,
            Opcodes.TUPLE,
            Opcodes.TUPLE1,
            Opcodes.TUPLE2,
            Opcodes.TUPLE3,
            Opcodes.EMPTY_LIST,
            Opcodes.APPEND,
            Opcodes.APPENDS,
            Opcodes.EMPTY_DICT,
            Opcodes.SETITEM,
            Opcodes.SETITEMS,
            Opcodes.BINPUT,
            Opcodes.LONG_BINPUT,
            Opcodes.BINGET,
            Opcodes.LONG_BINGET,
            Opcodes.MEMOIZE);

    private final SourceFile file;
    private final RegionInputStream source;
    private final Vocabulary vocabulary;

    private PickleReader(SourceFile file, RegionInputStream source, Vocabulary vocabulary) {
        this.file = file;
        this.source = source;
        this.vocabulary = vocabulary;
    }

    /** What the names in a pickle mean, and what to do about others. */
    interface Vocabulary {
        /** Whether a class or function, for example {@code collections.OrderedDict}, may occur. */
        boolean knows(String name);

        /** What a call of {@code name} yields; only of names that are known. */
        Object call(String name, Object[] arguments) throws IOException;

        /** What an object that lies outside the pickle is. */
        Object persistent(Object id) throws IOException;

        /** What the user should do when there is something else in the pickle. */
        String remedy();
    }

    /** A class or function. */
    record Name(String name) {}

    /** Where a byte string lies in the file. */
    record FileBytes(long offset, long length) {}

    /** Where a text lies in the file, in UTF-8. */
    record FileText(FileBytes utf8) {}

    /** An object that receives a state after it was made. */
    interface Stateful {
        void receive(Object state) throws IOException;
    }

    /**
     * Reads the pickle at the position of a stream, which ends up behind it.
     *
     * @return numbers, strings or {@link FileText}, {@code byte[]} or {@link FileBytes}, {@code Object[]} for tuples, lists, maps,
     *     null, names, and what the vocabulary made
     * @throws io.fcnspark.weights.ModelException if the pickle is damaged or holds what the vocabulary does not know
     */
    static Object read(SourceFile file, RegionInputStream source, Vocabulary vocabulary) throws IOException {
        try {
            return new PickleReader(file, source, vocabulary).load(source);
        } catch (ModelException e) {
            throw e;
        } catch (RuntimeException e) {
            // The library and the casts here answer nonsense with exceptions of many kinds.
            throw file.damaged("holds a broken pickle, noticed at byte " + source.position(), e);
        }
    }

    @Override
    protected Object dispatch(short opcode) throws IOException {
        if (PLAIN_DATA.contains(opcode)) {
            return super.dispatch(opcode);
        }
        stack.add(
                switch (opcode) {
                    case Opcodes.BINUNICODE -> text();
                    case Opcodes.BINSTRING, Opcodes.BINBYTES ->
                        bytes(PickleUtils.bytes_to_uint(PickleUtils.readbytes(source, 4), 0));
                    case Opcodes.BINBYTES8 -> bytes(PickleUtils.bytes_to_long(PickleUtils.readbytes(source, 8), 0));
                    case Opcodes.GLOBAL -> name(PickleUtils.readline(source), PickleUtils.readline(source));
                    case Opcodes.STACK_GLOBAL -> {
                        Object name = stack.pop();
                        yield name(stack.pop(), name);
                    }
                    case Opcodes.REDUCE -> {
                        Object[] arguments = (Object[]) stack.pop();
                        yield vocabulary.call(((Name) stack.pop()).name(), arguments);
                    }
                    case Opcodes.BUILD -> {
                        Object state = stack.pop();
                        Object object = stack.pop();
                        ((Stateful) object).receive(state);
                        yield object;
                    }
                    case Opcodes.BINPERSID -> vocabulary.persistent(stack.pop());
                    default ->
                        throw file.failure(
                                "holds a pickle with op-code 0x%02x at byte %d, which weights do not need"
                                        .formatted(opcode, source.position() - 1),
                                vocabulary.remedy());
                });
        return NO_RETURN_VALUE;
    }

    private Name name(Object module, Object name) {
        String full = module + "." + name;
        if (!vocabulary.knows(full)) {
            throw file.failure(
                    "holds a pickle that refers to %s, which is no part of weights; nothing of it was executed"
                            .formatted(full),
                    vocabulary.remedy());
        }
        return new Name(full);
    }

    private Object text() throws IOException {
        Object bytes = bytes(PickleUtils.bytes_to_uint(PickleUtils.readbytes(source, 4), 0));
        return bytes instanceof FileBytes utf8
                ? new FileText(utf8)
                : new String((byte[]) bytes, StandardCharsets.UTF_8);
    }

    private Object bytes(long length) throws IOException {
        if (length < 0 || length > source.left()) {
            throw file.damaged("holds a pickle with %d bytes of data at byte %d, where the file has %d left"
                    .formatted(length, source.position(), source.left()));
        }
        FileBytes bytes = new FileBytes(source.position(), length);
        if (length > SHORT) {
            source.skip(length);
            return bytes;
        }
        return PickleUtils.readbytes(source, (int) length);
    }
}
