package io.fcnspark.spark.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fcnspark.errors.StorageException;
import io.fcnspark.image.ImageException;
import io.fcnspark.labelling.FileBytes;
import io.fcnspark.labelling.UnavailableImages;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.AccessDeniedException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetriedFileBytesTest {
    private final Deque<IOException> failures = new ArrayDeque<>();
    private int readings;

    private byte[] read() throws IOException, ImageException {
        FileBytes files = uri -> {
            readings++;
            if (!failures.isEmpty()) {
                throw failures.remove();
            }
            return new byte[] {1};
        };
        return new RetriedFileBytes(files, List.of(Duration.ZERO, Duration.ofMillis(1))).read("a");
    }

    @Test
    void whatPassesIsTriedAgain() throws Exception {
        failures.add(new IOException("503 Slow Down"));
        failures.add(new IOException("connection reset"));
        assertThat(read()).containsExactly(1);
        assertThat(readings).isEqualTo(3);
    }

    @Test
    void whatDoesNotPassIsTold() {
        for (int i = 0; i < 3; i++) {
            failures.add(new IOException("failure " + i));
        }
        assertThatThrownBy(this::read).isInstanceOf(IOException.class).hasMessage("failure 2");
    }

    @Test
    void whatIsNotThereOrNotAllowedIsNotTriedAgain() {
        for (IOException e : List.of(new FileNotFoundException("a"), new AccessDeniedException("a"))) {
            failures.clear();
            failures.add(e);
            readings = 0;
            assertThatThrownBy(this::read).isSameAs(e);
            assertThat(readings).isEqualTo(1);
        }
    }

    @Test
    void aTimeOutIsTriedAgain() throws Exception {
        failures.add(new SocketTimeoutException("read timed out"));
        assertThat(read()).containsExactly(1);
    }

    @Test
    void aStorageThatGivesNothingFailsTheTask() {
        List<String> messages = new ArrayList<>();
        UnavailableImages images = new UnavailableImages(messages::add);
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 19; i++) {
                images.add("s3a://b/%d.jpg".formatted(i), new IOException("503"));
            }
            images.given();
        }
        assertThat(messages).hasSize(95);
        assertThat(messages.get(0)).contains("s3a://b/0.jpg", "503");
        for (int i = 0; i < 19; i++) {
            images.add("x", new IOException("503"));
        }
        assertThatThrownBy(() -> images.add("s3a://b/last.jpg", new IOException("503")))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("20 images in a row")
                .hasMessageContaining("s3a://b/last.jpg");
    }
}
