package io.fcnspark.weights.formats;

import io.fcnspark.weights.ModelException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.razorvine.pickle.Opcodes;
import net.razorvine.pickle.PickleUtils;
import net.razorvine.pickle.Unpickler;

/**
 * Reads a pickle without executing any of it. A pickle is a program that may name any Python function and call it; this reader
 * leaves to its library only the op-codes that build plain data, and looks names up in its own {@link Vocabulary}. In the stead
 * of whatever is made from a name that is not in it stands an {@link Opaque}, which keeps the name and nothing else.
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
            Opcodes.EMPTY_DICT,
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

    /** A class or function that the vocabulary knows. */
    record Name(String name) {}

    /** A class or function that the vocabulary does not know, or an object that was to be made with it. */
    record Opaque(String name) {}

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
     *     null, names, what the vocabulary made, and {@link Opaque} for all else
     * @throws io.fcnspark.weights.ModelException if the pickle is damaged
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

    /** What a value is, in words. */
    static String describe(Object value) {
        if (value instanceof Opaque opaque) {
            return "made with %s, of which nothing was executed".formatted(opaque.name);
        }
        if (value instanceof Map) {
            return "a dictionary";
        }
        if (value instanceof List || value instanceof Object[]) {
            return "a list";
        }
        if (value instanceof Number || value instanceof Boolean) {
            return "a number";
        }
        if (value instanceof String || value instanceof FileText) {
            return "a text";
        }
        return value == null ? "None" : "an object";
    }

    @Override
    protected Object dispatch(short opcode) throws IOException {
        if (PLAIN_DATA.contains(opcode)) {
            return super.dispatch(opcode);
        }
        switch (opcode) {
            case Opcodes.APPEND -> append(Collections.singletonList(stack.pop()));
            case Opcodes.APPENDS -> append(stack.pop_all_since_marker());
            case Opcodes.SETITEM -> {
                Object value = stack.pop();
                put(Arrays.asList(stack.pop(), value));
            }
            case Opcodes.SETITEMS -> put(stack.pop_all_since_marker());
            case Opcodes.ADDITEMS -> stack.pop_all_since_marker();
            default -> stack.add(made(opcode));
        }
        return NO_RETURN_VALUE;
    }

    @SuppressWarnings("unchecked")
    private void append(List<Object> values) {
        if (!(stack.peek() instanceof Opaque)) {
            ((List<Object>) stack.peek()).addAll(values);
        }
    }

    /** Keys must be what Python can hash: the hash of a list or dictionary that holds itself would never end. */
    @SuppressWarnings("unchecked")
    private void put(List<Object> keysAndValues) {
        if (stack.peek() instanceof Opaque) {
            return;
        }
        Map<Object, Object> map = (Map<Object, Object>) stack.peek();
        for (int i = 0; i < keysAndValues.size(); i += 2) {
            Object key = keysAndValues.get(i);
            if (key instanceof List || key instanceof Map) {
                throw file.damaged("holds a pickle with %s as a key".formatted(describe(key)));
            }
            map.put(key, keysAndValues.get(i + 1));
        }
    }

    /** The object that an op-code puts on the stack. */
    private Object made(short opcode) throws IOException {
        return switch (opcode) {
            case Opcodes.BINUNICODE -> text(PickleUtils.bytes_to_uint(PickleUtils.readbytes(source, 4), 0));
            case Opcodes.BINUNICODE8 -> text(PickleUtils.bytes_to_long(PickleUtils.readbytes(source, 8), 0));
            case Opcodes.BINSTRING, Opcodes.BINBYTES ->
                bytes(PickleUtils.bytes_to_uint(PickleUtils.readbytes(source, 4), 0));
            case Opcodes.BINBYTES8, Opcodes.BYTEARRAY8 ->
                bytes(PickleUtils.bytes_to_long(PickleUtils.readbytes(source, 8), 0));
            case Opcodes.LONG4 -> {
                skip(PickleUtils.bytes_to_uint(PickleUtils.readbytes(source, 4), 0));
                yield new Opaque("int");
            }
            case Opcodes.EMPTY_SET -> new Opaque("set");
            case Opcodes.FROZENSET -> {
                stack.pop_all_since_marker();
                yield new Opaque("frozenset");
            }
            case Opcodes.GLOBAL -> name(PickleUtils.readline(source), PickleUtils.readline(source));
            case Opcodes.STACK_GLOBAL -> {
                Object name = stack.pop();
                yield name(stack.pop(), name);
            }
            case Opcodes.REDUCE -> {
                Object arguments = stack.pop();
                Object callee = stack.pop();
                yield callee instanceof Name known ? vocabulary.call(known.name, (Object[]) arguments) : opaque(callee);
            }
            case Opcodes.NEWOBJ -> {
                stack.pop();
                yield opaque(stack.pop());
            }
            case Opcodes.NEWOBJ_EX -> {
                stack.pop();
                stack.pop();
                yield opaque(stack.pop());
            }
            case Opcodes.BUILD -> {
                Object state = stack.pop();
                Object object = stack.pop();
                if (!(object instanceof Opaque)) {
                    ((Stateful) object).receive(state);
                }
                yield object;
            }
            case Opcodes.BINPERSID -> vocabulary.persistent(stack.pop());
            default ->
                throw file.failure(
                        "holds a pickle with op-code 0x%02x at byte %d, which weights do not need"
                                .formatted(opcode, source.position() - 1),
                        vocabulary.remedy());
        };
    }

    private Object name(Object module, Object name) {
        String full = module + "." + name;
        return vocabulary.knows(full) ? new Name(full) : new Opaque(full);
    }

    /** What is made with a class or function of which no object is made here. */
    private static Opaque opaque(Object callee) {
        return callee instanceof Name name ? new Opaque(name.name) : (Opaque) callee;
    }

    private Object text(long length) throws IOException {
        Object bytes = bytes(length);
        return bytes instanceof FileBytes utf8
                ? new FileText(utf8)
                : new String((byte[]) bytes, StandardCharsets.UTF_8);
    }

    private Object bytes(long length) throws IOException {
        FileBytes bytes = new FileBytes(source.position(), length);
        if (length < 0 || length > SHORT) {
            skip(length);
            return bytes;
        }
        return PickleUtils.readbytes(source, (int) length);
    }

    private void skip(long length) {
        if (length < 0 || length > source.left()) {
            throw file.damaged("holds a pickle with %d bytes of data at byte %d, where the file has %d left"
                    .formatted(length, source.position(), source.left()));
        }
        source.skip(length);
    }
}
