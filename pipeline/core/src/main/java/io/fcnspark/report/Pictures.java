package io.fcnspark.report;

import java.io.Serializable;

/**
 * Small pictures of one labelled image, all of the same size, as files for a browser.
 *
 * @param width in pixels
 * @param height in pixels
 * @param image JPEG; null if there is none
 * @param mask PNG in the colours of the classes
 * @param truth PNG in the colours of the classes, ignored pixels grey; null if there is none
 * @param errors PNG: what is right is transparent, what is wrong red, what is ignored grey; null without truth
 */
public record Pictures(int width, int height, byte[] image, byte[] mask, byte[] truth, byte[] errors)
        implements Serializable {
    int bytes() {
        return length(image) + length(mask) + length(truth) + length(errors);
    }

    private static int length(byte[] file) {
        return file == null ? 0 : file.length;
    }
}
