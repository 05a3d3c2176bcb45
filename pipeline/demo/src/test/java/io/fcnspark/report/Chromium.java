package io.fcnspark.report;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A browser without a window, if this machine has one. */
final class Chromium {
    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

    private final Path program;
    private final Path folder;

    private Chromium(Path program, Path folder) {
        this.program = program;
        this.folder = folder;
    }

    /**
     * The browser, or the test is skipped.
     *
     * @param folder for its profile and what it prints
     */
    static Chromium orSkip(Path folder) {
        Optional<Path> program = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(path -> NAMES.stream().map(name -> Path.of(path, name)))
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(program.isPresent(), "no browser: none of " + NAMES + " is on the PATH");
        return new Chromium(program.get(), folder);
    }

    /** The page after its scripts have run, and what they had to say. */
    record Opened(String html, List<String> console) {}

    Opened open(String url, String... options) throws IOException, InterruptedException {
        Path html = folder.resolve("dom.html");
        Path log = folder.resolve("chromium.log");
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--user-data-dir=" + folder.resolve("profile"),
                "--enable-logging=stderr",
                "--virtual-time-budget=3000",
                "--dump-dom"));
        command.addAll(List.of(options));
        command.add(url);
        Process process = new ProcessBuilder(command)
                .redirectOutput(html.toFile())
                .redirectError(log.toFile())
                .start();
        try {
            assertEnded(process, log);
        } finally {
            process.destroyForcibly();
        }
        return new Opened(
                Files.readString(html),
                Files.readAllLines(log).stream()
                        .filter(line -> line.contains("CONSOLE"))
                        .toList());
    }

    private static void assertEnded(Process process, Path log) throws IOException, InterruptedException {
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            throw new AssertionError("the browser did not end: " + Files.readString(log));
        }
        if (process.exitValue() != 0) {
            throw new AssertionError(
                    "the browser ended with %d: %s".formatted(process.exitValue(), Files.readString(log)));
        }
    }
}
