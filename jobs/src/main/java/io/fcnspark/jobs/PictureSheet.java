package io.fcnspark.jobs;

import io.fcnspark.image.RgbImage;
import io.fcnspark.labels.ClassSet;
import io.fcnspark.labels.LabelClass;
import io.fcnspark.labels.Mask;
import io.fcnspark.labels.MaskOverlay;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.RoundRectangle2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/** A picture of some labelled images, a row for each: the image, its truth, its mask, and the mask over the image. */
final class PictureSheet {
    private static final List<String> TITLES = List.of("image", "truth", "mask", "overlay");
    private static final int CELL_WIDTH = 360;
    private static final int MARGIN = 24;
    private static final int GAP = 12;
    private static final int HEADER = 34;
    private static final int LEGEND_LINE = 30;
    private static final Color PAPER = new Color(0xfafaf7);
    private static final Color INK = new Color(0x2b2b2b);
    private static final Color IGNORED = new Color(0xe4e4df);

    private final ClassSet classes;
    private final int[] colours;

    /** One row. */
    record Labelled(RgbImage image, Mask truth, Mask mask) {}

    PictureSheet(ClassSet classes) {
        this.classes = classes;
        this.colours = classes.classes().stream().mapToInt(LabelClass::colour).toArray();
    }

    /** Writes the sheet as PNG. */
    void write(List<Labelled> rows, Path file) throws IOException {
        int cellHeight = rows.stream()
                .mapToInt(row -> CELL_WIDTH * row.image().height() / row.image().width())
                .max()
                .orElseThrow();
        int width = 2 * MARGIN + TITLES.size() * CELL_WIDTH + (TITLES.size() - 1) * GAP;
        int top = MARGIN + HEADER;
        int height = top + rows.size() * (cellHeight + GAP) + LEGEND_LINE + MARGIN;
        BufferedImage sheet = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = sheet.createGraphics();
        try {
            graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
            graphics.setColor(PAPER);
            graphics.fillRect(0, 0, width, height);
            for (int row = 0; row < rows.size(); row++) {
                draw(graphics, rows.get(row), top + row * (cellHeight + GAP), cellHeight);
            }
            if (hasFonts()) {
                titles(graphics);
                legend(graphics, top + rows.size() * (cellHeight + GAP) + LEGEND_LINE / 2);
            }
        } finally {
            graphics.dispose();
        }
        ImageIO.write(sheet, "png", file.toFile());
    }

    private void draw(Graphics2D graphics, Labelled row, int y, int cellHeight) {
        RgbImage image = row.image();
        List<BufferedImage> cells = List.of(
                picture(image),
                coloured(row.truth()),
                coloured(row.mask()),
                picture(MaskOverlay.blend(image, row.mask(), this::colour)));
        int height = CELL_WIDTH * image.height() / image.width();
        for (int column = 0; column < cells.size(); column++) {
            int x = MARGIN + column * (CELL_WIDTH + GAP);
            int offset = (cellHeight - height) / 2;
            RoundRectangle2D frame = new RoundRectangle2D.Double(x, y + offset, CELL_WIDTH, height, 12, 12);
            graphics.setClip(frame);
            graphics.drawImage(cells.get(column), x, y + offset, CELL_WIDTH, height, null);
            graphics.setClip(null);
            graphics.setColor(PAPER);
            graphics.setStroke(new BasicStroke(2));
            graphics.draw(frame);
        }
    }

    private void titles(Graphics2D graphics) {
        graphics.setColor(INK);
        graphics.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 16));
        for (int column = 0; column < TITLES.size(); column++) {
            graphics.drawString(TITLES.get(column), MARGIN + column * (CELL_WIDTH + GAP) + 4, MARGIN + HEADER - 14);
        }
    }

    private void legend(Graphics2D graphics, int y) {
        graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 14));
        int x = MARGIN + 4;
        for (LabelClass labelClass : classes.classes()) {
            graphics.setColor(new Color(labelClass.colour()));
            graphics.fill(new RoundRectangle2D.Double(x, y - 2, 18, 18, 6, 6));
            graphics.setColor(INK);
            graphics.drawString(labelClass.name(), x + 25, y + 12);
            x += 25 + graphics.getFontMetrics().stringWidth(labelClass.name()) + 26;
        }
    }

    /** A machine without a display may have no font either, and Java then fails in several ways. */
    private static boolean hasFonts() {
        try {
            return new Font(Font.SANS_SERIF, Font.PLAIN, 12).canDisplay('a');
        } catch (RuntimeException | LinkageError | InternalError e) {
            return false;
        }
    }

    private int colour(int label) {
        return label == Mask.IGNORE ? IGNORED.getRGB() & 0xffffff : colours[label];
    }

    private BufferedImage coloured(Mask mask) {
        BufferedImage picture = new BufferedImage(mask.width(), mask.height(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < mask.height(); y++) {
            for (int x = 0; x < mask.width(); x++) {
                picture.setRGB(x, y, colour(mask.at(x, y)));
            }
        }
        return picture;
    }

    private static BufferedImage picture(RgbImage image) {
        BufferedImage picture = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
        byte[] rgb = image.rgb();
        for (int i = 0; i < image.width() * image.height(); i++) {
            int colour = (rgb[3 * i] & 0xff) << 16 | (rgb[3 * i + 1] & 0xff) << 8 | (rgb[3 * i + 2] & 0xff);
            picture.setRGB(i % image.width(), i / image.width(), colour);
        }
        return picture;
    }
}
