package io.fcnspark.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What numbers were measured on.
 *
 * @param processor its name, or the architecture where the system tells no more
 * @param cores processors that this process may use
 * @param isa extensions of the instruction set that matter to networks, as Linux names them; empty on other systems
 * @param memoryMb memory of the machine or container, in MB of 10^6 bytes
 * @param java version of the JVM
 */
public record Machine(String processor, int cores, List<String> isa, long memoryMb, String java) {
    private static final Path CPUINFO = Path.of("/proc/cpuinfo");

    /** Vectors, and matrix products of short numbers, on x86 and on Arm. */
    private static final List<String> NOTED_ISA = List.of(
            "sse4_2",
            "avx2",
            "fma",
            "avx_vnni",
            "avx512f",
            "avx512_vnni",
            "avx512_bf16",
            "avx512_fp16",
            "amx_tile",
            "amx_int8",
            "amx_bf16",
            "amx_fp16",
            "asimd",
            "asimddp",
            "sve",
            "sve2",
            "i8mm",
            "bf16");

    public Machine {
        isa = List.copyOf(isa);
    }

    /** The one that this runs on. */
    public static Machine detect() {
        List<String> cpuinfo = cpuinfo();
        List<String> flags = value(cpuinfo, "flags")
                .or(() -> value(cpuinfo, "Features"))
                .map(line -> Arrays.asList(line.split(" ")))
                .orElse(List.of());
        return new Machine(
                value(cpuinfo, "model name").orElse(System.getProperty("os.arch")),
                Runtime.getRuntime().availableProcessors(),
                NOTED_ISA.stream().filter(flags::contains).toList(),
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize() / 1_000_000,
                System.getProperty("java.vm.version"));
    }

    private static List<String> cpuinfo() {
        try {
            return Files.isReadable(CPUINFO) ? Files.readAllLines(CPUINFO) : List.of();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static Optional<String> value(List<String> lines, String key) {
        return lines.stream().filter(line -> line.startsWith(key)).findFirst().map(line -> line.substring(
                        line.indexOf(':') + 1)
                .strip());
    }

    ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("processor", processor);
        json.put("cores", cores);
        isa.forEach(json.putArray("isa")::add);
        json.put("memory_mb", memoryMb);
        json.put("java", java);
        return json;
    }
}
