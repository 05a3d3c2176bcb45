package io.fcnspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.s3.AmazonS3;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How fast small images on an S3 server are labelled, one by one and from tar shards, with latency added to each request. Not
 * among the tests; jobs/README.md says how to run it.
 */
class SmallFilesBenchmark {
    private static final int IMAGES = Integer.getInteger("benchmark.images", 20_000);
    private static final Duration LATENCY = Duration.ofMillis(Integer.getInteger("benchmark.latency", 20));

    /** Scenes are drawn once, and lie on the server under many names. */
    private static final int SCENES = 40;

    private static final int DAYS = 10;

    @TempDir
    private Path folder;

    @Test
    void filesAgainstShards() throws Exception {
        fcn("scenes", "--count", Integer.toString(SCENES), "--size", "64x64", "--output", folder + "/scenes");
        fcn(
                "init",
                "--variant",
                "fcn32s",
                "--width",
                "0.03",
                "--labels",
                folder + "/scenes/labels.json",
                "--output",
                folder + "/model");
        Path server = Files.createDirectory(folder.resolve("s3"));
        try (S3Server s3 = new S3Server(server);
                DelayingProxy proxy = new DelayingProxy(s3.port(), LATENCY)) {
            List<String> settings = new ArrayList<>(S3Server.settings(proxy.port()));
            settings.add("spark.hadoop.fs.s3a.access.key=" + S3Server.ACCESS_KEY);
            settings.add("spark.hadoop.fs.s3a.secret.key=" + S3Server.SECRET_KEY);
            settings.forEach(setting -> System.setProperty(
                    setting.substring(0, setting.indexOf('=')), setting.substring(setting.indexOf('=') + 1)));
            putImages(s3);
            fcn(
                    "pack",
                    "--input",
                    S3Server.uri("images"),
                    "--output",
                    S3Server.uri("shards"),
                    "--shard-images",
                    Integer.toString(IMAGES / DAYS));

            // The first run of all pays for loading classes.
            label("warm", S3Server.uri("images/day=0"), proxy);
            for (int round = 1; round <= 2; round++) {
                label("files-" + round, S3Server.uri("images"), proxy);
                label("shards-" + round, S3Server.uri("shards"), proxy);
            }
        }
    }

    /** Past the proxy, so without the latency. */
    private void putImages(S3Server s3) throws IOException {
        List<Path> scenes;
        try (var files = Files.list(folder.resolve("scenes/images"))) {
            scenes = files.sorted().toList();
        }
        AmazonS3 client = s3.client();
        IntStream.range(0, IMAGES)
                .parallel()
                .forEach(i -> client.putObject(
                        S3Server.BUCKET,
                        "images/day=%d/image%06d.jpg".formatted(i % DAYS, i),
                        scenes.get(i % SCENES).toFile()));
        client.shutdown();
    }

    private void label(String name, String input, DelayingProxy proxy) throws IOException {
        long before = proxy.requests();
        Path json = folder.resolve(name + ".json");
        fcn(
                "label",
                "--input",
                input,
                "--model",
                folder + "/model",
                "--output",
                folder + "/out-" + name,
                "--json",
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
        StringWriter err = new StringWriter();
        int code = Fcn.run(new PrintWriter(new StringWriter()), new PrintWriter(err), arguments);
        assertThat(code).as(err.toString()).isZero();
    }
}
