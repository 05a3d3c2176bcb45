package io.fcnspark.spark.label;

import static org.assertj.core.api.Assertions.assertThat;

import io.fcnspark.spark.SharedSpark;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;
import org.junit.jupiter.api.Test;

class WavesTest {
    private static final int IMAGES = 2000;
    private static final int WAVES = 7;

    private static final String NO_PLACE = "CAST(NULL AS STRUCT<shard: STRING, start: BIGINT>) AS place";

    private final SparkSession spark = SharedSpark.session();

    private Dataset<Row> files() {
        return spark.range(IMAGES).selectExpr("concat('s3a://bucket/', id, '.jpg') AS image", NO_PLACE);
    }

    private static List<String> images(Waves waves, int wave) {
        return waves.wave(wave).select("image").as(Encoders.STRING()).collectAsList();
    }

    @Test
    void everyImageIsInOneWaveOfAboutTheSameLength() {
        Waves waves = new Waves(files(), WAVES);

        List<List<String>> all =
                IntStream.range(0, WAVES).mapToObj(wave -> images(waves, wave)).toList();

        assertThat(waves.count()).isEqualTo(WAVES);
        assertThat(all.stream().flatMap(List::stream))
                .containsExactlyInAnyOrderElementsOf(LongStream.range(0, IMAGES)
                        .mapToObj(id -> "s3a://bucket/" + id + ".jpg")
                        .toList());
        assertThat(all).allSatisfy(wave -> assertThat(wave.size()).isBetween(200, 380));
    }

    @Test
    void anImageStaysInItsWaveInWhateverOrderItIsListed() {
        Waves first = new Waves(files(), WAVES);
        Waves again = new Waves(files().orderBy("image").repartition(3), WAVES);

        for (int wave = 0; wave < WAVES; wave++) {
            assertThat(images(again, wave)).containsExactlyInAnyOrderElementsOf(images(first, wave));
        }
    }

    @Test
    void whatLiesTogetherInAShardIsLabelledTogether() {
        long mebibyte = 1 << 20;
        Waves waves = new Waves(
                spark.range(256)
                        .selectExpr(
                                "concat('s3a://bucket/a.tar!/', id, '.jpg') AS image",
                                "named_struct('shard', 's3a://bucket/a.tar', 'start', id * " + mebibyte + ") AS place"),
                WAVES);

        List<Long> stretches = new ArrayList<>();
        for (int wave = 0; wave < WAVES; wave++) {
            stretches.addAll(waves.wave(wave)
                    .selectExpr("place.start DIV (64 * " + mebibyte + ")")
                    .distinct()
                    .as(Encoders.LONG())
                    .collectAsList());
        }

        assertThat(stretches).containsExactlyInAnyOrder(0L, 1L, 2L, 3L);
    }

    @Test
    void theListIsReadOnceForAllWaves() {
        LongAccumulator read = spark.sparkContext().longAccumulator();
        Dataset<Row> files = files();
        Dataset<Row> counted = spark.createDataFrame(
                files.javaRDD().map(row -> {
                    read.add(1);
                    return row;
                }),
                files.schema());
        Waves waves = new Waves(counted, WAVES);

        IntStream.range(0, WAVES).forEach(wave -> images(waves, wave));

        assertThat(read.value()).isEqualTo(IMAGES);
    }
}
