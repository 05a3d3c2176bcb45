package io.fcnspark.jobs;

import io.fcnspark.labels.LabelConvention;
import picocli.CommandLine.Option;

/** Where truth is, and how it is stored. */
final class TruthOptions {
    @Option(
            names = "--truth",
            required = true,
            paramLabel = "URI",
            description = "Folder of the truth; an image's truth is found by its path and name.")
    private String root;

    @Option(
            names = "--labels",
            required = true,
            paramLabel = "NAME",
            description = "How truth is stored: voc, camvid, cityscapes, ade20k, kitti-road, or a JSON file.")
    private String labels;

    String root() {
        return root;
    }

    /** The convention of that name, or in that file. */
    LabelConvention convention() {
        return Labels.parse(labels);
    }
}
