package io.fcnspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.fcnspark.spark.model.LocalModel;
import io.fcnspark.spark.model.RemoteBundle;
import io.fcnspark.spark.storage.RemoteFolder;
import io.fcnspark.weights.Bundles;
import io.fcnspark.weights.Model;
import io.fcnspark.weights.ModelBundle;
import io.fcnspark.weights.ModelDescription;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bundle on S3 that one process rewrites again and again, until it is killed, while another reads it. */
class BundleOnS3IT {
    /** How often the writer is killed; {@code -Dfcn.kills=N} for more. */
    private static final int KILLS = Integer.getInteger("fcn.kills", 3);

    private static final String BUNDLE = S3Server.uri("model");

    @TempDir
    private Path folder;

    @Test
    void aReaderFindsOneModelOrTheOtherWhileItIsRewrittenAndAfterAKill() throws IOException, InterruptedException {
        EnumSet<Bundles> seen = EnumSet.noneOf(Bundles.class);
        try (S3Server s3 = new S3Server(folder.resolve("s3"))) {
            Configuration configuration = configuration(s3.port());
            for (int kill = 0; kill < KILLS; kill++) {
                Path started = folder.resolve("started" + kill);
                Path log = folder.resolve("log");
                Process writer = Bundles.start(
                        log,
                        Writer.class,
                        folder.resolve("sources").toString(),
                        Integer.toString(s3.port()),
                        started.toString());
                while (!Files.exists(started)) {
                    assertThat(writer.isAlive()).as(Files.readString(log)).isTrue();
                    Thread.sleep(10);
                }
                for (int reads = 0; reads < 25; reads++) {
                    seen.add(read(configuration));
                }
                Thread.sleep(kill * 37 % 97);
                assertThat(writer.isAlive()).as(Files.readString(log)).isTrue();
                writer.destroyForcibly().waitFor();
                seen.add(read(configuration));
            }
        }
        assertThat(seen).hasSize(2);
    }

    private static Bundles read(Configuration configuration) {
        try (LocalModel local = LocalModel.fetch(BUNDLE, configuration)) {
            Model model = ModelBundle.load(local.folder());
            assertThat(Bundles.isOne(model)).isTrue();
            return Bundles.valueOf(model.description().name());
        }
    }

    private static Configuration configuration(int port) {
        Configuration configuration = new Configuration();
        configuration.set("fs.s3a.endpoint", "http://127.0.0.1:" + port);
        configuration.set("fs.s3a.path.style.access", "true");
        configuration.set("fs.s3a.connection.ssl.enabled", "false");
        configuration.set("fs.s3a.access.key", S3Server.ACCESS_KEY);
        configuration.set("fs.s3a.secret.key", S3Server.SECRET_KEY);
        configuration.set("fs.s3a.bucket.probe", "0");
        return configuration;
    }

    /** Rewrites the bundle until the process is killed. */
    public static final class Writer {
        private Writer() {}

        /** @param arguments a folder for the models, the server's port, and a file that is made when the first model is there */
        public static void main(String... arguments) throws IOException {
            Path sources = Path.of(arguments[0]);
            Map<Bundles, ModelDescription> models = new EnumMap<>(Bundles.class);
            for (Bundles bundle : Bundles.values()) {
                models.put(bundle, bundle.save(sources.resolve(bundle.name())));
            }
            RemoteBundle bundle =
                    new RemoteBundle(RemoteFolder.of(BUNDLE, configuration(Integer.parseInt(arguments[1]))));
            for (Bundles next = Bundles.FIRST; ; next = next.other()) {
                bundle.replace(models.get(next), sources.resolve(next.name()).resolve(ModelBundle.WEIGHTS_FILE));
                if (!Files.exists(Path.of(arguments[2]))) {
                    Files.createFile(Path.of(arguments[2]));
                }
            }
        }
    }
}
