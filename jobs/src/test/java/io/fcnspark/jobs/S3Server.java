package io.fcnspark.jobs;

import com.amazonaws.auth.AWSStaticCredentialsProvider;
import com.amazonaws.auth.BasicAWSCredentials;
import com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration;
import com.amazonaws.services.s3.AmazonS3;
import com.amazonaws.services.s3.AmazonS3ClientBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An S3 server on loopback, a process of its own, that keeps its objects in a folder. It wants signed requests, so that what
 * gets through had the right credentials.
 */
final class S3Server implements AutoCloseable {
    static final String ACCESS_KEY = "AKIAFCNSPARKTESTKEY0";
    static final String SECRET_KEY = "fcn-spark+very/secret+0123456789abcdef";
    static final String BUCKET = "fcn-bucket";

    private static final Path JAR = Path.of("target/s3-server/s3proxy.jar").toAbsolutePath();
    private static final Pattern STARTED = Pattern.compile("\\{127\\.0\\.0\\.1:(\\d+)}");
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Path folder;
    private final Process process;
    private final int port;

    /**
     * Starts a server with one empty bucket, and waits until it answers.
     *
     * @param folder for what it keeps and what it logs
     */
    S3Server(Path folder) throws IOException, InterruptedException {
        this.folder = folder;
        Path buckets = folder.resolve("buckets");
        Files.createDirectories(buckets.resolve(BUCKET));
        Properties properties = new Properties();
        properties.putAll(Map.of(
                "s3proxy.endpoint",
                "http://127.0.0.1:0",
                "s3proxy.authorization",
                "aws-v2-or-v4",
                "s3proxy.identity",
                ACCESS_KEY,
                "s3proxy.credential",
                SECRET_KEY,
                "jclouds.provider",
                "filesystem-nio2",
                "jclouds.filesystem.basedir",
                buckets.toString(),
                "jclouds.identity",
                "unused",
                "jclouds.credential",
                "unused"));
        Path configuration = folder.resolve("s3.properties");
        try (var writer = Files.newBufferedWriter(configuration)) {
            properties.store(writer, null);
        }
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-jar",
                        JAR.toString(),
                        "--properties",
                        configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("s3.log").toFile())
                .start();
        port = awaitPort();
    }

    private int awaitPort() throws IOException, InterruptedException {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (Instant.now().isBefore(deadline) && process.isAlive()) {
            Matcher matcher = STARTED.matcher(log());
            if (matcher.find()) {
                return Integer.parseInt(matcher.group(1));
            }
            Thread.sleep(100);
        }
        close();
        throw new IllegalStateException("the S3 server does not start:\n" + log());
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("s3.log"));
    }

    /** Puts all files of a folder, and of those below it, into the bucket. */
    void put(Path source) throws IOException {
        AmazonS3 client = client();
        try (Stream<Path> files = Files.walk(source)) {
            files.filter(Files::isRegularFile)
                    .forEach(file ->
                            client.putObject(BUCKET, source.relativize(file).toString(), file.toFile()));
        } finally {
            client.shutdown();
        }
    }

    /** URI of an object, or of those below it. */
    static String uri(String key) {
        return "s3a://" + BUCKET + "/" + key;
    }

    int port() {
        return port;
    }

    /** Settings of Spark to reach this server, or what stands before it at another port; without credentials. */
    static List<String> settings(int port) {
        return List.of(
                "spark.hadoop.fs.s3a.endpoint=http://127.0.0.1:" + port,
                "spark.hadoop.fs.s3a.path.style.access=true",
                "spark.hadoop.fs.s3a.connection.ssl.enabled=false");
    }

    /** Credentials as the environment holds them for all of AWS's tools. */
    static Map<String, String> environment() {
        return Map.of("AWS_ACCESS_KEY_ID", ACCESS_KEY, "AWS_SECRET_ACCESS_KEY", SECRET_KEY);
    }

    /** A client that knows nothing of Hadoop. */
    AmazonS3 client() {
        return AmazonS3ClientBuilder.standard()
                .withEndpointConfiguration(new EndpointConfiguration("http://127.0.0.1:" + port, "us-east-1"))
                .withPathStyleAccessEnabled(true)
                .withCredentials(new AWSStaticCredentialsProvider(new BasicAWSCredentials(ACCESS_KEY, SECRET_KEY)))
                .build();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
