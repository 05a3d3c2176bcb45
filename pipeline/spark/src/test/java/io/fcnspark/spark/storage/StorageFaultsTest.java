package io.fcnspark.spark.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fcnspark.errors.BadInputException;
import io.fcnspark.errors.FcnException;
import io.fcnspark.errors.FcnException.Fault;
import io.fcnspark.errors.Setting;
import io.fcnspark.errors.StorageException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.util.concurrent.ExecutionException;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StorageFaultsTest {
    private static IOException reset() {
        return new IOException("connection reset by peer");
    }

    static Throwable[] storageFailures() {
        return new Throwable[] {
            reset(),
            new UncheckedIOException(reset()),
            new SparkException("Job aborted due to stage failure", reset()),
            new SparkException("Job aborted.", new ExecutionException(new RuntimeException(reset()))),
            new IOException("could not read the footer", new IllegalStateException("pool shut down", reset()))
        };
    }

    @ParameterizedTest
    @MethodSource("storageFailures")
    void whatTheStorageDidIsToldAsSuch(Throwable failure) {
        FcnException named = StorageFaults.of(failure).orElseThrow();
        assertThat(named).isInstanceOf(StorageException.class).hasCause(failure);
        assertThat(named.fault()).isEqualTo(Fault.STORAGE);
        assertThat(named).hasMessageMatching("a file cannot be read or written: (connection reset.*|could not read.*)");
    }

    static Throwable[] ownErrors() {
        return new Throwable[] {
            new NullPointerException("image"),
            new IllegalStateException("no such layer", reset()),
            new SparkException("Job aborted due to stage failure", new NullPointerException("image")),
            new SparkException("Job aborted due to stage failure", new IllegalArgumentException("stride", reset())),
            new IOException("closed", new NullPointerException("stream")),
            new SparkException("Job aborted due to stage failure: executor lost")
        };
    }

    @ParameterizedTest
    @MethodSource("ownErrors")
    void anErrorOfTheLibraryStaysOne(Throwable error) {
        assertThat(StorageFaults.of(error)).isEmpty();
    }

    @Test
    void whatATaskThrewComesOutOfSparksWrapping() {
        BadInputException told = new BadInputException("x.png does not exist");
        RuntimeException wrapped = new RuntimeException(new SparkException("Job aborted", told));
        assertThatThrownBy(() -> StorageFaults.named(() -> {
                    throw wrapped;
                }))
                .isSameAs(told)
                .hasSuppressedException(wrapped);
        IllegalStateException own = new IllegalStateException("no such layer", reset());
        assertThatThrownBy(() -> StorageFaults.named(() -> {
                    throw own;
                }))
                .isSameAs(own);
    }

    @Test
    void whatIsNotThereIsTheUsersToMendAndAStorageThatIsAwayIsNot() {
        Setting inputs = new Setting("inputs");
        FcnException absent = StorageFaults.unreadable(inputs, "input x", new FileNotFoundException("x"));
        assertThat(absent).isInstanceOf(BadInputException.class);
        assertThat(absent.setting()).contains(inputs);
        assertThat(StorageFaults.unreadable(inputs, "input x", new AccessDeniedException("x"))
                        .fault())
                .isEqualTo(Fault.INPUT);
        assertThat(StorageFaults.unreadable(inputs, "input x", reset()).fault()).isEqualTo(Fault.STORAGE);
    }

    @Test
    void reasonsSayMoreThanAPath() {
        assertThat(HadoopPaths.reason(new AccessDeniedException("/data/x"))).isEqualTo("/data/x: permission denied");
        assertThat(HadoopPaths.reason(new IOException())).isEqualTo("IOException");
    }
}
