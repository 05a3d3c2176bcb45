package io.fcnspark.scenes;

import io.fcnspark.labels.Mask;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Paint;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;

/** A picture and its truth, drawn with the same shapes: the picture with smooth edges, the truth with hard ones. */
final class Canvas {
    private final BufferedImage picture;
    private final BufferedImage truth;
    private final Graphics2D brush;
    private final Graphics2D marker;

    Canvas(int width, int height) {
        picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        truth = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        brush = picture.createGraphics();
        brush.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        brush.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        marker = truth.createGraphics();
        marker.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_OFF);
        marker.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    }

    int width() {
        return picture.getWidth();
    }

    int height() {
        return picture.getHeight();
    }

    /** Draws a thing, or a part of one. */
    void object(Shape shape, Paint paint, SceneClass sceneClass) {
        detail(shape, paint);
        marker.setColor(new Color(sceneClass.id()));
        marker.fill(shape);
    }

    /** Draws on a thing that is there: colour only, so the shape must stay within the thing. */
    void detail(Shape shape, Paint paint) {
        brush.setPaint(paint);
        brush.fill(shape);
    }

    /** Keeps the details that {@code drawing} draws within a shape. */
    void within(Shape shape, Runnable drawing) {
        Shape outer = brush.getClip();
        brush.clip(shape);
        drawing.run();
        brush.setClip(outer);
    }

    /** 0xRRGGBB of each pixel, row by row; changes show. */
    int[] pixels() {
        return ((DataBufferInt) picture.getRaster().getDataBuffer()).getData();
    }

    /** The truth as drawn, without borders. */
    Mask truth() {
        int[] ids = ((DataBufferInt) truth.getRaster().getDataBuffer()).getData();
        char[] labels = new char[ids.length];
        for (int i = 0; i < ids.length; i++) {
            labels[i] = (char) (ids[i] & 0xffffff);
        }
        return new Mask(width(), height(), labels);
    }

    void dispose() {
        brush.dispose();
        marker.dispose();
    }
}
