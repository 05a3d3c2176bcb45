package io.fcnspark.image;

import com.twelvemonkeys.imageio.plugins.bmp.BMPImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.jpeg.JPEGImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageReaderSpi;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriter;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.spi.ImageReaderWriterSpi;
import javax.imageio.spi.ImageWriterSpi;

/**
 * The readers and writers of ImageIO that are used. ImageIO itself finds plugins through the thread's class loader, which
 * under spark-submit does not always see this jar, and lets the order of the class path decide; here the choice is in code.
 */
final class Plugins {
    private static final ImageReaderSpi JPEG = jpeg();
    private static final ImageReaderSpi PNG = ofJdk(ImageReaderSpi.class, "png");
    private static final ImageReaderSpi BMP = new BMPImageReaderSpi();
    private static final ImageReaderSpi TIFF = new TIFFImageReaderSpi();
    private static final ImageWriterSpi PNG_WRITER = ofJdk(ImageWriterSpi.class, "png");

    private static final ImageWriterSpi JPEG_WRITER = ofJdk(ImageWriterSpi.class, "jpeg");

    private Plugins() {}

    static ImageReader jpegReader() {
        return reader(JPEG);
    }

    static ImageReader pngReader() {
        return reader(PNG);
    }

    static ImageReader bmpReader() {
        return reader(BMP);
    }

    static ImageReader tiffReader() {
        return reader(TIFF);
    }

    static ImageWriter pngWriter() {
        return writer(PNG_WRITER);
    }

    static ImageWriter jpegWriter() {
        return writer(JPEG_WRITER);
    }

    private static ImageWriter writer(ImageWriterSpi spi) {
        try {
            return spi.createWriterInstance();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ImageReader reader(ImageReaderSpi spi) {
        try {
            return spi.createReaderInstance();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** TwelveMonkeys' reader repairs what cameras get wrong in headers; the JDK's decodes for it, so it is as fast. */
    private static ImageReaderSpi jpeg() {
        JPEGImageReaderSpi spi = new JPEGImageReaderSpi();
        // Finds the JDK's reader to delegate to.
        spi.onRegistration(IIORegistry.getDefaultInstance(), ImageReaderSpi.class);
        return spi;
    }

    private static <T extends ImageReaderWriterSpi> T ofJdk(Class<T> kind, String format) {
        Iterator<T> all = IIORegistry.getDefaultInstance().getServiceProviders(kind, false);
        while (all.hasNext()) {
            T spi = all.next();
            if (spi.getClass().getModule() == ImageIO.class.getModule()
                    && Arrays.asList(spi.getFormatNames()).contains(format)) {
                return spi;
            }
        }
        throw new IllegalStateException("this Java runtime has no ImageIO plugin for " + format);
    }
}
