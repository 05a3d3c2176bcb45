package io.fcnspark.weights.formats;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/** Files that are no weights, but are taken for them, told by how they begin. */
enum OtherFile {
    PROTOTXT(
            "(?s)(\\s|#[^\n]*\n)*(name|layers?|input|input_dim|net|train_net|force_backward|state)\\s*[:{].*",
            "is a prototxt, which describes a net of Caffe and holds no weights; name the .caffemodel that belongs to"
                    + " it"),
    GIT_LFS(
            "(?s)version https://git-lfs.*",
            "is a pointer of Git LFS instead of the file itself; run git lfs pull where it was cloned"),
    WEB_PAGE("(?si)\\s*<(!doctype|html|head|\\?xml).*", "is a web page; download the file itself, as the page tells"),
    JSON(
            "(?s)\\s*[{\\[]\\s*[\"{\\[].*",
            "is JSON, which describes something and holds no weights; name the file of weights that belongs to it"),
    MATLAB("(?s)MATLAB .*", "is a file of MATLAB; convert it: numpy.savez(\"vgg16.npz\", conv1_1_W=…, conv1_1_b=…, …)"),
    GZIP("(?s)\u001f\u008b.*", "is compressed with gzip; unpack it first");

    @SuppressWarnings("ImmutableEnumChecker") // patterns never change
    private final Pattern beginning;

    private final String message;

    OtherFile(String beginning, String message) {
        this.beginning = Pattern.compile(beginning);
        this.message = message;
    }

    /** What a file with these first bytes is, and what to do. */
    static Optional<String> describe(byte[] start) {
        String text = new String(start, StandardCharsets.ISO_8859_1);
        for (OtherFile other : values()) {
            if (other.beginning.matcher(text).matches()) {
                return Optional.of(other.message);
            }
        }
        return Optional.empty();
    }
}
