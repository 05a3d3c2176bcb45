package io.fcnspark.engine.onednn;

import io.fcnspark.engine.EngineException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.opencl.User_func_Pointer;

/**
 * The native library: loaded, asked for its processor, told how many threads to use.
 *
 * <p>It is loaded with local symbols, as the JVM does, for ND4J carries an older oneDNN of its own, and global symbols of the
 * same names would replace those inside it.
 */
final class OneDnn {
    /** Primitives that the library keeps for the next of the same kind: those of a few sizes of image. */
    private static final int CACHED_PRIMITIVES = 64;

    private static final List<String> OF_PROCESSOR =
            List.of("vendor_id", "cpu family", "model", "stepping", "cache size", "flags");

    private final dnnl_engine cpu = new dnnl_engine();
    private final NativeBlock setNumThreads = new NativeBlock(2L * Long.BYTES);
    private final User_func_Pointer callSetNumThreads;

    private OneDnn() {
        Loader.load(dnnl.class);
        check(dnnl.dnnl_engine_create(cpu, dnnl.dnnl_cpu, 0), "an engine for the CPU");
        check(dnnl.dnnl_set_primitive_cache_capacity(CACHED_PRIMITIVES), "a smaller cache");
        // By its plain name this is the library that oneDNN found, wherever it was loaded from, and by whom.
        Loader.loadGlobal(System.mapLibraryName("gomp") + ".1");
        Pointer function = Loader.addressof("omp_set_num_threads");
        if (Pointer.isNull(function)) {
            throw new UnsatisfiedLinkError("there is no function omp_set_num_threads in the OpenMP of oneDNN");
        }
        try (PointerPointer<Pointer> slots = new PointerPointer<>(setNumThreads.at(0))) {
            slots.put(0, function).put(1, (Pointer) null);
        }
        callSetNumThreads = new User_func_Pointer(setNumThreads.at(0));
    }

    private static final class Holder {
        private static final OneDnn LIBRARY = new OneDnn();
    }

    /**
     * The library of this process.
     *
     * @throws LinkageError if it does not load
     */
    static OneDnn library() {
        return Holder.LIBRARY;
    }

    /** The CPU. */
    dnnl_engine cpu() {
        return cpu;
    }

    /** Whether the processor has instructions for products of bf16: AMX or AVX-512 BF16. */
    boolean hasBf16() {
        return has(dnnl.dnnl_cpu_isa_avx512_core_bf16);
    }

    /** Whether the processor has instructions for sums of products of 8-bit integers. Without, such sums could overflow. */
    boolean hasVnni() {
        return has(dnnl.dnnl_cpu_isa_avx512_core_vnni) || has(dnnl.dnnl_cpu_isa_avx2_vnni);
    }

    /** Whether the processor has AVX-512. */
    boolean hasAvx512() {
        return has(dnnl.dnnl_cpu_isa_avx512_core);
    }

    /** What speeds depend on: this library's version, the instructions that it uses, and the processor. */
    String identity() {
        dnnl_version_t version = dnnl.dnnl_version();
        return "oneDNN %d.%d.%d, instructions %x, %s"
                .formatted(
                        version.major(),
                        version.minor(),
                        version.patch(),
                        dnnl.dnnl_get_effective_cpu_isa(),
                        processor());
    }

    /** Of the first processor: vendor, family, model, stepping, name, and what its kernel or hypervisor says that it can. */
    private static String processor() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.takeWhile(line -> !line.isBlank())
                    .filter(line -> OF_PROCESSOR.stream().anyMatch(line::startsWith))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .collect(Collectors.joining(" "));
        } catch (IOException | UncheckedIOException e) {
            return "unknown processor";
        }
    }

    /** Sets of instructions are numbers in which each has the bits of those that it includes. */
    private static boolean has(int instructions) {
        return (dnnl.dnnl_get_effective_cpu_isa() & instructions) == instructions;
    }

    /**
     * Sets the number of threads of what the calling thread computes from now on. The function is one of OpenMP that takes a
     * number, called as one that takes a pointer, for which JavaCPP has a binding: both travel in the same register.
     */
    void useThreads(int threads) {
        callSetNumThreads.call(new Address(threads));
    }

    /**
     * Turns a failure into an exception.
     *
     * @param what what was asked of the library
     */
    static void check(int status, String what) {
        if (status != dnnl.dnnl_success) {
            throw new EngineException("oneDNN cannot make %s: %s".formatted(what, reason(status)));
        }
    }

    private static String reason(int status) {
        if (status == dnnl.dnnl_out_of_memory) {
            return "out of memory";
        }
        if (status == dnnl.dnnl_unimplemented) {
            return "not implemented on this processor";
        }
        return "status " + status;
    }
}
