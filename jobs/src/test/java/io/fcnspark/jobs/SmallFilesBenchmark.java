package io.fcnspark.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How fast small images on an S3 server are labelled, one by one and from tar shards, with latency added to each request. Not a
 * test; conf/README.md says how to run it.
 *
 * <p>Arguments: how many images (a multiple of 10), milliseconds per request, and a folder for everything, which must not exist.
 */
final class SmallFilesBenchmark {
    /** Scenes are drawn once, and uploaded under many names. */
    private static final int SCENES = 40;

    private SmallFilesBenchmark() {}

    public static void main(String... args) throws Exception {
        int images = Integer.parseInt(args[0]);
        Duration latency = Duration.ofMillis(Long.parseLong(args[1]));
        Path folder = Files.createDirectory(Path.of(args[2])).toAbsolutePath();
        fcn("scenes", "--count", Integer.toString(SCENES), "--size", "64x64", "--output", folder + "/scenes");
        fcn("init", "--variant", "fcn32s", "--width", "0.03", "--labels", folder + "/scenes/labels.json", "--output",
                folder + "/model");
        Path server = folder.resolve("s3");
        try (S3Server s3 = new S3Server(Files.createDirectory(server));
                DelayingProxy proxy = new DelayingProxy(s3.port(), latency)) {
            S3Server.settings(proxy.port()).forEach(SmallFilesBenchmark::set);
            set("spark.hadoop.fs.s3a.access.key=" + S3Server.ACCESS_KEY);
            set("spark.hadoop.fs.s3a.secret.key=" + S3Server.SECRET_KEY);
            upload(folder, server, images);
            fcn("pack", "--input", S3Server.uri("images"), "--output", S3Server.uri("shards"), "--shard-images",
                    Integer.toString(images / 10));

            // The first run of all pays for loading classes.
            label(folder, "warm", S3Server.uri("images/day=0"), proxy);
            for (int round = 1; round <= 2; round++) {
                label(folder, "files-" + round, S3Server.uri("images"), proxy);
                label(folder, "shards-" + round, S3Server.uri("shards"), proxy);
            }
        }
    }

    /** What the server keeps are files in folders: these are put there as if they had been uploaded. */
    private static void upload(Path folder, Path server, int images) throws IOException {
        List<Path> scenes;
        try (var files = Files.list(folder.resolve("scenes/images"))) {
            scenes = files.sorted().toList();
        }
        for (int i = 0; i < images; i++) {
            Path day = server.resolve("buckets/" + S3Server.BUCKET + "/images/day=" + i % 10);
            Files.createDirectories(day);
            Files.copy(scenes.get(i % SCENES), day.resolve("image%06d.jpg".formatted(i)));
        }
    }

    private static void label(Path folder, String name, String input, DelayingProxy proxy) throws IOException {
        long before = proxy.requests();
        Path json = folder.resolve(name + ".json");
        fcn("label", "--input", input, "--model", folder + "/model", "--output", folder + "/out-" + name, "--json",
                json.toString());
        JsonNode run = new ObjectMapper().readTree(json.toFile());
        System.out.printf(
                "%-10s %6d images %8.1f s %8.1f images/s %8d requests%n",
                name,
                run.get("labelled").asInt(),
                run.get("seconds").asDouble(),
                run.get("images_per_second").asDouble(),
                proxy.requests() - before);
    }

    private static void fcn(String... arguments) {
        PrintWriter err = new PrintWriter(System.err, true, Charset.defaultCharset());
        int code = Fcn.run(err, err, arguments);
        if (code != ExitCode.DONE) {
            throw new IllegalStateException("fcn %s ended with %d".formatted(String.join(" ", arguments), code));
        }
    }

    private static void set(String setting) {
        int equals = setting.indexOf('=');
        System.setProperty(setting.substring(0, equals), setting.substring(equals + 1));
    }
}
