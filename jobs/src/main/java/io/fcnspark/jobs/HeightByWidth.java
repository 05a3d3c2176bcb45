package io.fcnspark.jobs;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The value of an option {@code --size}.
 *
 * @param height in pixels, positive
 * @param width in pixels, positive
 */
record HeightByWidth(int height, int width) {
    private static final Pattern FORMAT = Pattern.compile("([1-9][0-9]{0,5})x([1-9][0-9]{0,5})");

    /** Reads {@code HxW}. */
    static final class Converter implements ITypeConverter<HeightByWidth> {
        @Override
        public HeightByWidth convert(String value) {
            Matcher matcher = FORMAT.matcher(value);
            if (!matcher.matches()) {
                throw new TypeConversionException("'" + value + "': expected height x width, for example 320x480");
            }
            return new HeightByWidth(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
        }
    }
}
