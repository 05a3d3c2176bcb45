package io.fcnspark.scenes;

import io.fcnspark.image.RgbImage;
import io.fcnspark.labels.Mask;
import java.util.random.RandomGenerator;

/** What lens and sensor add to a picture, and the borders that truth leaves open. */
final class Finish {
    /** Mean brightness of a well exposed picture, of 255. */
    private static final double WELL_EXPOSED = 116;

    /** Pixels on either side of a border that truth leaves open. */
    private static final int OPEN = 3;

    private Finish() {}

    /** The picture with a little blur, exposure, fall-off to the corners, and noise. */
    static RgbImage develop(Canvas canvas, RandomGenerator random) {
        int width = canvas.width();
        int height = canvas.height();
        int[] pixels = canvas.pixels();
        double blur = random.nextInt(3) == 0 ? random.nextDouble(0.12, 0.3) : random.nextDouble(0, 0.1);
        double exposure = exposure(pixels) * random.nextDouble(0.92, 1.08);
        double fallOff = random.nextDouble(0, 0.22);
        double noise = random.nextDouble(0.8, 3.6);
        byte[] rgb = new byte[3 * width * height];
        for (int y = 0; y < height; y++) {
            double v = 2.0 * y / height - 1;
            for (int x = 0; x < width; x++) {
                double u = 2.0 * x / width - 1;
                double gain = exposure * (1 - fallOff * (u * u + v * v) / 2);
                double grain = noise * gaussian(random);
                for (int channel = 0; channel < 3; channel++) {
                    int shift = 16 - 8 * channel;
                    double sharp = pixels[y * width + x] >> shift & 0xff;
                    double around = (value(pixels, width, height, x - 1, y, shift)
                                    + value(pixels, width, height, x + 1, y, shift)
                                    + value(pixels, width, height, x, y - 1, shift)
                                    + value(pixels, width, height, x, y + 1, shift))
                            / 4.0;
                    double blurred = sharp + 2 * blur * (around - sharp);
                    double colourGrain = 0.4 * noise * gaussian(random);
                    rgb[3 * (y * width + x) + channel] = (byte) Colours.clamp(blurred * gain + grain + colourGrain);
                }
            }
        }
        return new RgbImage(width, height, rgb);
    }

    /** Most of the way from the brightness that the scene has to the one that a camera would choose. */
    private static double exposure(int[] pixels) {
        long sum = 0;
        for (int pixel : pixels) {
            sum += 2 * (pixel >> 16 & 0xff) + 5 * (pixel >> 8 & 0xff) + (pixel & 0xff);
        }
        return Math.min(1.5, Math.pow(WELL_EXPOSED / (sum / 8.0 / pixels.length), 0.65));
    }

    /**
     * Truth with the pixels left open that are at most {@value #OPEN} steps from another class: borders of six pixels in pictures
     * 640 wide, about as wide as those of PASCAL VOC in pictures 500 wide. There a picture shows both classes, and people would
     * not agree either.
     */
    static Mask openBorders(Mask truth) {
        char[] labels = truth.labels();
        boolean[] open = new boolean[labels.length];
        for (int i = 0; i < labels.length; i++) {
            open[i] = touchesAnother(truth.width(), truth.height(), i, labels[i], labels);
        }
        for (int step = 1; step < OPEN; step++) {
            open = grown(truth.width(), truth.height(), open);
        }
        char[] opened = labels.clone();
        for (int i = 0; i < labels.length; i++) {
            if (open[i]) {
                opened[i] = Mask.IGNORE;
            }
        }
        return new Mask(truth.width(), truth.height(), opened);
    }

    private static boolean[] grown(int width, int height, boolean[] open) {
        boolean[] grown = new boolean[open.length];
        for (int i = 0; i < open.length; i++) {
            grown[i] = open[i] || touches(width, height, i, open);
        }
        return grown;
    }

    private static boolean touchesAnother(int width, int height, int i, char label, char[] labels) {
        int x = i % width;
        int y = i / width;
        return (x > 0 && labels[i - 1] != label)
                || (x + 1 < width && labels[i + 1] != label)
                || (y > 0 && labels[i - width] != label)
                || (y + 1 < height && labels[i + width] != label);
    }

    private static boolean touches(int width, int height, int i, boolean[] open) {
        int x = i % width;
        int y = i / width;
        return (x > 0 && open[i - 1])
                || (x + 1 < width && open[i + 1])
                || (y > 0 && open[i - width])
                || (y + 1 < height && open[i + width]);
    }

    private static int value(int[] pixels, int width, int height, int x, int y, int shift) {
        int column = Math.max(0, Math.min(width - 1, x));
        int row = Math.max(0, Math.min(height - 1, y));
        return pixels[row * width + column] >> shift & 0xff;
    }

    /** Nearly normal with variance 1, and fast: the sum of four uniform bytes. */
    private static double gaussian(RandomGenerator random) {
        int bits = random.nextInt();
        int sum = (bits & 0xff) + (bits >>> 8 & 0xff) + (bits >>> 16 & 0xff) + (bits >>> 24);
        return (sum - 510) / 147.8;
    }
}
