package io.fcnspark.weights.formats;

import io.fcnspark.weights.ModelException;
import io.fcnspark.weights.formats.ImportedModel.Contents;
import io.fcnspark.weights.formats.Naming.Scheme;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Finds out what weights were trained to see, or asks. The same names come with different preprocessing (torchvision's names
 * alone with three), and a wrong guess shows in nothing but worse results: so only what is certain counts.
 */
final class PreprocessingChoice {
    /**
     * First digits of the SHA-256 of files that are published under names that contain them: torchvision's vgg16-397923af.pth
     * and vgg16_features-amdegroot-88682ab5.pth, and the conversion from Caffe, vgg16-00b39a1b.pth (jcjohnson/pytorch-vgg).
     */
    private static final Map<String, PublishedPreprocessing> KNOWN_FILES = Map.of(
            "397923af", PublishedPreprocessing.TORCH,
            "88682ab5", PublishedPreprocessing.TORCH_FEATURES,
            "00b39a1b", PublishedPreprocessing.CAFFE);

    private static final int DIGITS = 8;

    /** Classes of ImageNet: a classifier with another number was trained on other images, with a mean of their own. */
    private static final int IMAGENET = 1000;

    private static final int PASCAL_VOC = 21;
    private static final int SIFT_FLOW = 33;

    private PreprocessingChoice() {}

    /**
     * What is known without asking.
     *
     * @param outputs classes of the classifier or of the FCN in the file; 0 if it has no last layer
     */
    static Optional<PublishedPreprocessing> known(String sha256, Scheme scheme, Contents contents, int outputs) {
        PublishedPreprocessing published = KNOWN_FILES.get(sha256.substring(0, DIGITS));
        if (published != null) {
            return Optional.of(published);
        }
        return Optional.ofNullable(
                contents == Contents.FCN ? ofFcn(scheme, outputs) : ofClassifier(scheme, contents, outputs));
    }

    private static PublishedPreprocessing ofFcn(Scheme scheme, int outputs) {
        return switch (scheme) {
            case CAFFE_SIFT_FLOW -> outputs == SIFT_FLOW ? PublishedPreprocessing.CAFFE_SIFTFLOW : null;
            case CAFFE -> outputs == PASCAL_VOC ? PublishedPreprocessing.CAFFE_FCN : null;
            default -> null;
        };
    }

    private static PublishedPreprocessing ofClassifier(Scheme scheme, Contents contents, int outputs) {
        return switch (scheme) {
            case CAFFE, TENSORFLOW_VGG -> outputs == IMAGENET ? PublishedPreprocessing.CAFFE : null;
            case KERAS ->
                outputs == IMAGENET || (contents == Contents.FEATURES && outputs == 0)
                        ? PublishedPreprocessing.CAFFE
                        : null;
            case TIMM, ONNX_ZOO -> outputs == IMAGENET ? PublishedPreprocessing.TORCH : null;
            default -> null;
        };
    }

    /** The question that remains where nothing is known and nothing was said. */
    static ModelException unknown(Path path, Scheme scheme) {
        return new ModelException(
                "%s: does not tell what its weights were trained to see (names: %s), and they are worthless with the wrong preprocessing; look it up where the file is from, and give --preprocessing with one of %s"
                        .formatted(path, scheme, PublishedPreprocessing.ids()));
    }
}
