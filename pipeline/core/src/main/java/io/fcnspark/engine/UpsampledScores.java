package io.fcnspark.engine;

import io.fcnspark.image.Region;
import io.fcnspark.network.Layer.Crop;
import io.fcnspark.network.Layer.TransposedConvolution;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Scores that the network has computed on a coarse grid, brought to the image's size as the network's last transposed
 * convolution and crop would do it, a row at a time: the full result, classes x height x width, never exists.
 *
 * <p>Value {@code i} of the coarse grid adds itself, times {@code kernel[k]}, to position {@code i * stride + k} of the full
 * result, of which the image starts at the convolution's padding plus the crop's offset. Coarse rows are stretched to the
 * image's width once each, and every row of the image is a weighted sum of the few stretched rows that reach it.
 */
final class UpsampledScores implements ScoreRows {
    private final FeatureMaps coarse;
    private final FloatBuffer values;
    private final int index;
    private final int width;
    private final int height;

    private final float[] vertical;
    private final int stride;
    private final int startColumn;
    private final int startRow;

    /** Coarse columns that reach a column of the image, with their weights: {@code [tap][x]}. */
    private final int[][] columns;

    private final float[][] weights;

    /** Stretched coarse rows by class; row i is at {@code i % length}. */
    private final float[][][] stretched;

    private final int[] stretchedRow;
    private final float[] coarseRow;

    /** The scores of a region of the image at {@code index} of the batch. */
    UpsampledScores(
            FeatureMaps coarse,
            int index,
            Region region,
            SeparableKernel kernel,
            TransposedConvolution upsampling,
            Crop crop) {
        this.coarse = coarse;
        this.values = coarse.values();
        this.index = index;
        this.width = region.width();
        this.height = region.height();
        this.vertical = kernel.vertical();
        this.stride = upsampling.stride();
        int start = upsampling.padding() + crop.offset();
        this.startColumn = start + region.left();
        this.startRow = start + region.top();

        int taps = (upsampling.kernel() + stride - 1) / stride;
        this.columns = new int[taps][width];
        this.weights = new float[taps][width];
        fillColumns(kernel.horizontal());
        this.stretched = new float[taps][coarse.channels()][width];
        this.stretchedRow = new int[taps];
        Arrays.fill(stretchedRow, -1);
        this.coarseRow = new float[coarse.width()];
    }

    private void fillColumns(float[] horizontal) {
        for (int x = 0; x < width; x++) {
            int position = startColumn + x;
            int last = position / stride;
            for (int tap = 0; tap < columns.length; tap++) {
                int column = last - tap;
                int k = position - column * stride;
                if (column >= 0 && column < coarse.width() && k < horizontal.length) {
                    columns[tap][x] = column;
                    weights[tap][x] = horizontal[k];
                }
            }
        }
    }

    @Override
    public int classes() {
        return coarse.channels();
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public int height() {
        return height;
    }

    @Override
    public void row(int y, float[][] scores) {
        for (float[] score : scores) {
            Arrays.fill(score, 0);
        }
        int position = startRow + y;
        int last = position / stride;
        for (int row = Math.max(0, last - stretched.length + 1); row <= Math.min(last, coarse.height() - 1); row++) {
            int k = position - row * stride;
            if (k < vertical.length) {
                float[][] contribution = stretch(row);
                for (int c = 0; c < scores.length; c++) {
                    addScaled(contribution[c], vertical[k], scores[c]);
                }
            }
        }
    }

    private static void addScaled(float[] values, float factor, float[] sums) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += factor * values[i];
        }
    }

    private float[][] stretch(int row) {
        int slot = row % stretched.length;
        float[][] result = stretched[slot];
        if (stretchedRow[slot] != row) {
            for (int c = 0; c < result.length; c++) {
                values.get(((index * classes() + c) * coarse.height() + row) * coarse.width(), coarseRow);
                stretchRow(result[c]);
            }
            stretchedRow[slot] = row;
        }
        return result;
    }

    private void stretchRow(float[] result) {
        Arrays.fill(result, 0);
        for (int tap = 0; tap < columns.length; tap++) {
            int[] column = columns[tap];
            float[] weight = weights[tap];
            for (int x = 0; x < width; x++) {
                result[x] += weight[x] * coarseRow[column[x]];
            }
        }
    }
}
