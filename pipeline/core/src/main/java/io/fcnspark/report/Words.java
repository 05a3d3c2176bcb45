package io.fcnspark.report;

import io.fcnspark.metrics.Interval;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** Numbers and times as people read them. */
final class Words {
    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

    private Words() {}

    static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    static String percent(double share) {
        // Little is not nothing.
        return share > 0 && share < 0.0005 ? "< 0.1 %" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    static String percent(OptionalDouble share) {
        return share.isPresent() ? percent(share.getAsDouble()) : "–";
    }

    static String percent(Optional<Interval> interval) {
        return interval.map(i -> String.format(Locale.ROOT, "%.1f to %.1f %%", 100 * i.low(), 100 * i.high()))
                .orElse("–");
    }

    static String nats(OptionalDouble entropy) {
        return entropy.isPresent() ? String.format(Locale.ROOT, "%.2f", entropy.getAsDouble()) : "–";
    }

    static String minute(Instant time) {
        return MINUTE.format(time) + " UTC";
    }

    /** From one minute to another; the day of the second only where it is another day. */
    static String span(Instant first, Instant last) {
        String from = MINUTE.format(first);
        String to = MINUTE.format(last);
        int time = to.indexOf(' ') + 1;
        return from + " to " + (from.startsWith(to.substring(0, time)) ? to.substring(time) : to) + " UTC";
    }

    /** Share of a whole; empty for none of nothing. */
    static OptionalDouble share(long part, long whole) {
        return whole == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) part / whole);
    }

    static String colour(int rgb) {
        return String.format(Locale.ROOT, "#%06x", rgb);
    }

    /** The last two parts of a path, which most often tell images apart. */
    static String shortName(String uri) {
        int slash = uri.lastIndexOf('/');
        int before = slash <= 0 ? -1 : uri.lastIndexOf('/', slash - 1);
        return uri.substring(before + 1);
    }
}
