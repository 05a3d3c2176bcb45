package io.fcnspark.jobs;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an option that is a date (its first moment, UTC), a time, or a duration before now, all as ISO 8601 writes them. */
final class PointInTime implements ITypeConverter<Instant> {
    private static final List<Function<String, Instant>> FORMS = List.of(
            text -> LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant(),
            Instant::parse,
            text -> Instant.now().minus(Duration.parse(text)));

    @Override
    public Instant convert(String text) {
        return FORMS.stream()
                .flatMap(form -> read(form, text).stream())
                .findFirst()
                .orElseThrow(() -> new TypeConversionException(
                        "'%s' is not a time: expected for example 2026-01-31, 2026-01-31T05:00:00Z, PT36H or P7D"
                                .formatted(text)));
    }

    private static Optional<Instant> read(Function<String, Instant> form, String text) {
        try {
            return Optional.of(form.apply(text));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
