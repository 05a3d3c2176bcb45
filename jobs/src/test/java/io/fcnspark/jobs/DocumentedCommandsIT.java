package io.fcnspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands that the documentation shows, run as they stand by a shell, in their order, in a folder that holds nothing but what
 * the pages presuppose.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a POSIX shell script")
class DocumentedCommandsIT {
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
    private static final List<String> PAGES = List.of("README.md", "jobs/README.md", "conf/README.md");
    private static final Pattern BLOCK = Pattern.compile("```(?:sh)?\n(.*?)```", Pattern.DOTALL);
    private static final String LAUNCHER = "jobs/bin/fcn ";
    private static final long MOST_SECONDS = 300;

    /** Why commands with some words are not run here. */
    private static final Map<String, String> NOT_RUN = Map.of(
            "VERB", "shows the syntax",
            "…", "leaves something out",
            "s3a://", "needs an S3 server, with which S3IT runs the like",
            "hdfs://", "needs HDFS",
            "--output lake.", "needs a catalog, with which CatalogOutputTest writes",
            " finetune ", "trains for an hour; FinetuneTest trains for seconds",
            "fcn8s-heavy-pascal", "needs the authors' file of 500 MB; ImportTest imports smaller ones",
            "models/voc", "needs the model of that import");

    /** Commands that may end with another code than 0. */
    private static final Map<String, Set<Integer>> OTHER_CODES =
            Map.of("--fail-under", Set.of(ExitCode.DONE, ExitCode.GATE_FAILED));

    @TempDir
    private Path folder;

    @Test
    void commandsRunAsTheyStand() throws Exception {
        Files.createSymbolicLink(folder.resolve("jobs"), PROJECT.resolve("jobs"));
        Files.createSymbolicLink(folder.resolve("conf"), PROJECT.resolve("conf"));
        List<String> failures = new ArrayList<>();
        Set<String> excuses = new TreeSet<>();
        int run = 0;
        for (String command : commands()) {
            List<String> reasons =
                    NOT_RUN.keySet().stream().filter(command::contains).toList();
            if (!reasons.isEmpty()) {
                excuses.addAll(reasons);
                continue;
            }
            provide(command);
            Path log = folder.resolve("log-%d.txt".formatted(run++));
            int code = run(command, log);
            Set<Integer> right = OTHER_CODES.entrySet().stream()
                    .filter(entry -> command.contains(entry.getKey()))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse(Set.of(ExitCode.DONE));
            if (!right.contains(code)) {
                failures.add("%s%nended with %d:%n%s".formatted(command, code, Files.readString(log)));
            }
        }
        assertThat(failures).isEmpty();
        assertThat(run).isGreaterThan(15);
        assertThat(excuses).as("excuses that excuse something").isEqualTo(new TreeSet<>(NOT_RUN.keySet()));
        assertThat(folder.resolve("report.html")).content().contains("Segmentation report");
        assertThat(folder.resolve("run.json")).content().contains("\"labelled\" : 4");
        assertThat(folder.resolve("rejects.csv")).content().startsWith("image,code,message");
        assertThat(folder.resolve("uncertain/annotations.zip")).isNotEmptyFile();
    }

    private int run(String command, Path log) throws IOException, InterruptedException {
        ProcessBuilder shell = new ProcessBuilder("sh", "-c", command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .redirectInput(new File("/dev/null"));
        shell.environment().keySet().removeAll(Set.of("SPARK_HOME", "FCN_JAVA_OPTS"));
        Process process = shell.start();
        try {
            return process.waitFor(MOST_SECONDS, TimeUnit.SECONDS) ? process.exitValue() : -1;
        } finally {
            process.destroyForcibly();
        }
    }

    /** In the order of the pages. */
    private static List<String> commands() throws IOException {
        List<String> commands = new ArrayList<>();
        for (String page : PAGES) {
            Matcher block = BLOCK.matcher(Files.readString(PROJECT.resolve(page)));
            while (block.find()) {
                commands.addAll(commands(block.group(1)));
            }
        }
        return commands;
    }

    /** A command goes on in the next line after a backslash, or within quotes. Results that are shown are left out. */
    private static List<String> commands(String block) {
        List<String> commands = new ArrayList<>();
        StringBuilder command = new StringBuilder();
        for (String line : block.lines().toList()) {
            if (command.isEmpty() && !line.replaceFirst("^\\$ ", "").startsWith(LAUNCHER)) {
                continue;
            }
            command.append(command.isEmpty() ? line.replaceFirst("^\\$ ", "") : "\n" + line);
            boolean open = command.chars().filter(c -> c == '"').count() % 2 != 0;
            if (!open && !line.endsWith("\\")) {
                commands.add(command.toString());
                command.setLength(0);
            }
        }
        assertThat(command).as("a command that is not closed").isEmpty();
        return commands;
    }

    /** What the pages presuppose: the demo's model and pictures by the names that they use for a user's own. */
    private void provide(String command) throws IOException {
        Path demo = folder.resolve("fcn-demo");
        if (Files.exists(demo) && !Files.exists(folder.resolve("photos"))) {
            Path scenes = demo.resolve("scenes");
            copy(demo.resolve("model"), folder.resolve("models/street"));
            copy(demo.resolve("model"), folder.resolve("street-fcn8s"));
            Files.copy(scenes.resolve("labels.json"), folder.resolve("street.json"));
            Files.writeString(folder.resolve("nightly.sql"), "SELECT count(*) FROM masks;\n");
            Files.createDirectories(folder.resolve("photos"));
            for (int i = 0; i < 3; i++) {
                String name = "scene_%06d".formatted(i);
                Path truth = scenes.resolve("labels").resolve(name + ".png");
                Files.copy(
                        scenes.resolve("images").resolve(name + ".jpg"),
                        folder.resolve("photos").resolve(name + ".jpg"));
                for (String place : List.of("truth", "camvid", "camvid/valannot")) {
                    Path copy = folder.resolve(place).resolve(name + ".png");
                    Files.createDirectories(copy.getParent());
                    ImageIO.write(withVoid(truth, place.startsWith("camvid") ? 11 : 255), "png", copy.toFile());
                }
            }
            ImageIO.write(noise(), "png", folder.resolve("photos/noise.png").toFile());
        }
        for (String run : List.of("new", "old")) {
            if (command.contains("--masks new") && !Files.exists(folder.resolve(run))) {
                copy(folder.resolve("labelled"), folder.resolve(run));
            }
        }
    }

    private static BufferedImage withVoid(Path truth, int label) throws IOException {
        BufferedImage image = ImageIO.read(truth.toFile());
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                if (image.getRaster().getSample(x, y, 0) == 255) {
                    image.getRaster().setSample(x, y, 0, label);
                }
            }
        }
        return image;
    }

    /** A picture of which no network is sure. */
    private static BufferedImage noise() {
        BufferedImage image = new BufferedImage(160, 120, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(1);
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                image.setRGB(x, y, random.nextInt(1 << 24));
            }
        }
        return image;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Path target = to.resolve(from.relativize(path).toString());
                Files.createDirectories(target.getParent());
                Files.copy(path, target);
            }
        }
    }
}
