package io.fcnspark.weights.formats;

import static org.assertj.core.api.Assertions.assertThat;

import io.fcnspark.weights.formats.ImportedModel.Contents;
import io.fcnspark.weights.formats.Naming.Scheme;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreprocessingChoiceTest {
    private static final String UNKNOWN_FILE = "0".repeat(64);

    @ParameterizedTest
    @CsvSource({
        "397923af, TORCH",
        "88682ab5, TORCH_FEATURES",
        "00b39a1b, CAFFE",
    })
    void torchvisionsNamesWithThreePreprocessingsAreToldApartByHash(String digits, PublishedPreprocessing expected) {
        String sha256 = digits + "f".repeat(56);

        assertThat(PreprocessingChoice.known(sha256, Scheme.TORCHVISION, Contents.CLASSIFIER, 1000))
                .contains(expected);
        assertThat(PreprocessingChoice.known(UNKNOWN_FILE, Scheme.TORCHVISION, Contents.CLASSIFIER, 1000))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "CAFFE, CLASSIFIER, 1000, CAFFE",
        "CAFFE, CLASSIFIER, 365,",
        "CAFFE, FEATURES, 0,",
        "CAFFE, FCN, 21, CAFFE_FCN",
        "CAFFE, FCN, 40,",
        "CAFFE_SIFT_FLOW, FCN, 33, CAFFE_SIFTFLOW",
        "FCN, FCN, 21,",
        "TIMM, CLASSIFIER, 1000, TORCH",
        "TIMM, CLASSIFIER, 10,",
        "KERAS, CLASSIFIER, 1000, CAFFE",
        "KERAS, CLASSIFIER, 5,",
        "KERAS, FEATURES, 0, CAFFE",
        "TENSORFLOW_VGG, CLASSIFIER, 1000, CAFFE",
        "NUMPY_ARCHIVE, CLASSIFIER, 1000,",
        "ONNX_ZOO, CLASSIFIER, 1000, TORCH",
        "ONNX_GRAPH, CLASSIFIER, 1000,",
    })
    void namesTellWhereOneTrainingStandsBehindThem(
            Scheme scheme, Contents contents, int outputs, PublishedPreprocessing expected) {
        assertThat(PreprocessingChoice.known(UNKNOWN_FILE, scheme, contents, outputs))
                .isEqualTo(Optional.ofNullable(expected));
    }

    @Test
    void namesAreThoseOfTheCommand() {
        for (PublishedPreprocessing preprocessing : PublishedPreprocessing.values()) {
            assertThat(PublishedPreprocessing.of(preprocessing.id())).isEqualTo(preprocessing);
        }
        assertThat(PublishedPreprocessing.CAFFE_FCN.id()).isEqualTo("caffe-fcn");
    }
}
