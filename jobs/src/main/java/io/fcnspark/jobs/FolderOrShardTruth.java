package io.fcnspark.jobs;

import io.fcnspark.labels.LabelConvention;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How truth is stored, and where: in a folder, or beside the images in their shards. */
final class FolderOrShardTruth {
    @Option(
            names = "--truth",
            paramLabel = "URI",
            description =
                    "Folder of the truth; an image's truth is found by its path and name. Default, where --labels is"
                            + " given: in the tar shards, beside the images.")
    private String root;

    @Option(
            names = "--labels",
            required = true,
            paramLabel = "NAME",
            description = "How truth is stored: voc, camvid, cityscapes, ade20k, kitti-road, or a JSON file.")
    private String labels;

    /** The folder; empty if truth lies in the shards. */
    Optional<String> root() {
        return Optional.ofNullable(root);
    }

    /** The convention of that name, or in that file. */
    LabelConvention convention() {
        return Labels.parse(labels);
    }
}
