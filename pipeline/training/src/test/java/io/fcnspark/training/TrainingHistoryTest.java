package io.fcnspark.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrainingHistoryTest {
    private static EpochResult epoch(int number, double meanIou) {
        return new EpochResult(number, 0.01, 1.5, 0.8, meanIou, 12, 3.5);
    }

    @Test
    void survivesJson() {
        TrainingHistory history = new TrainingHistory(Map.of("seed", "1"), List.of(epoch(1, 0.3), epoch(2, 0.5)));
        assertThat(TrainingHistory.fromJson(history.toJson())).isEqualTo(history);
        assertThat(history.toJson()).contains("\"mean_iou\" : 0.3", "\"images_per_second\" : 3.5");
    }

    @Test
    void theFirstOfTheBestIsTheBest() {
        TrainingHistory history = new TrainingHistory(Map.of(), List.of());
        assertThat(history.best()).isEmpty();
        assertThat(history.plus(epoch(1, 0.3))
                        .plus(epoch(2, 0.5))
                        .plus(epoch(3, 0.5))
                        .plus(epoch(4, 0.4))
                        .best())
                .contains(epoch(2, 0.5));
    }

    @Test
    void saysWhatIsWrongWithADocument() {
        assertThatThrownBy(() -> TrainingHistory.fromJson("{\"options\":{}}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("epochs");
    }
}
