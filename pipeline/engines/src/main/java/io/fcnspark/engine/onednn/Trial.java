package io.fcnspark.engine.onednn;

import io.fcnspark.engine.Precision;
import java.io.File;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.opencl.User_func_Pointer;

/**
 * A small network in a process of its own, before the library is loaded into this one: where the library, or the code that it
 * makes for the processor, crashes, it takes that process with it and no other.
 */
final class Trial {
    private static final int SECONDS = 120;

    private Trial() {}

    /**
     * Runs a program.
     *
     * @return how it failed; empty if it ended well, and if this machine starts no processes
     */
    static Optional<String> of(Class<?> program) {
        try {
            Process process = new ProcessBuilder(command(program))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return outcome(process);
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("a trial of oneDNN was interrupted");
        }
    }

    private static Optional<String> outcome(Process process) throws InterruptedException {
        try {
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                return Optional.of("a trial of oneDNN did not end within " + SECONDS + " s");
            }
            return process.exitValue() == 0
                    ? Optional.empty()
                    : Optional.of(("a trial of oneDNN, in a process of its own, ended with status %d: its native code"
                                    + " crashes on this processor, or does not load")
                            .formatted(process.exitValue()));
        } finally {
            process.destroyForcibly();
        }
    }

    private static List<String> command(Class<?> program) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                // A crash is what this is for: no dump, and no report in somebody's working folder.
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=" + (File.separatorChar == '/' ? "/dev/null" : "NUL"),
                "-cp",
                String.join(File.pathSeparator, classPath(program)),
                program.getName());
    }

    /** Where this engine, the core, the library, and the natives of both are: in one jar, or in several. */
    private static Set<String> classPath(Class<?> program) {
        Set<String> places = new LinkedHashSet<>();
        for (Class<?> used :
                List.of(program, Trial.class, Precision.class, dnnl.class, User_func_Pointer.class, Loader.class)) {
            places.add(place(used, "/" + used.getName().replace('.', '/') + ".class"));
        }
        places.add(place(dnnl.class, "/org/bytedeco/dnnl/linux-x86_64/libjnidnnl.so"));
        places.add(place(dnnl.class, "/org/bytedeco/opencl/linux-x86_64/libjniOpenCL.so"));
        places.add(place(dnnl.class, "/org/bytedeco/javacpp/linux-x86_64/libjnijavacpp.so"));
        return places;
    }

    /** The jar or the folder that holds a resource; that of the class if there is no such resource. */
    private static String place(Class<?> owner, String name) {
        try {
            URL resource = owner.getResource(name);
            URL place = resource != null && resource.openConnection() instanceof JarURLConnection jar
                    ? jar.getJarFileURL()
                    : owner.getProtectionDomain().getCodeSource().getLocation();
            return Path.of(place.toURI()).toString();
        } catch (IOException | URISyntaxException e) {
            throw new IllegalStateException("no place of " + name, e);
        }
    }
}
