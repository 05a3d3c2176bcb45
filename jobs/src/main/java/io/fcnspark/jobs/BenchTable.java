package io.fcnspark.jobs;

import io.fcnspark.bench.BenchReport;
import io.fcnspark.bench.BenchReport.LayerResult;
import io.fcnspark.bench.BenchReport.LeftOut;
import io.fcnspark.bench.BenchReport.Result;
import io.fcnspark.bench.Machine;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** What a person sees of a benchmark. */
final class BenchTable {
    private final PrintWriter out;

    BenchTable(PrintWriter out) {
        this.out = out;
    }

    void print(BenchReport report) {
        Machine machine = report.machine();
        line(
                "machine  %s, %d processors, %.1f GB, Java %s",
                machine.processor(), machine.cores(), machine.memoryMb() / 1e3, machine.java());
        if (!machine.isa().isEmpty()) {
            line("         %s", String.join(" ", machine.isa()));
        }
        line(
                "model    %s: %.2f GFLOP for an image of %dx%d; %d images, batch %d, %d threads",
                report.model(),
                report.gflopPerImage(),
                report.height(),
                report.width(),
                report.images(),
                report.batch(),
                report.threads());
        line(
                "peak     %s",
                report.peaks().isEmpty()
                        ? "no engine here can measure it"
                        : report.peaks().entrySet().stream()
                                .map(peak -> format(
                                        "%s %.0f GFLOP/s",
                                        peak.getKey(), peak.getValue().gflops()))
                                .collect(Collectors.joining(", ")));
        report.peaks().forEach((precision, peak) -> {
            if (!peak.isSteady()) {
                line(
                        "         but %.0f GFLOP/s in the slowest round of %s: the machine's speed changed meanwhile, and"
                                + " only best rates can be compared",
                        peak.slowestGflops(), precision);
            }
        });
        line("");
        line(
                "%-14s %-9s %-6s %10s %7s %9s %9s %9s %12s %10s",
                "engine",
                "precision",
                "device",
                "images/s",
                "best",
                "to first",
                "GFLOP/s",
                "% of peak",
                "resident MB",
                "agreement");
        double first = report.results().get(0).bestImagesPerSecond();
        for (Result result : report.results()) {
            line(
                    "%-14s %-9s %-6s %10.2f %7.2f %8.2fx %9.1f %9s %12s %8.3f %%",
                    result.engine(),
                    result.precision(),
                    result.device(),
                    result.imagesPerSecond(),
                    result.bestImagesPerSecond(),
                    result.bestImagesPerSecond() / first,
                    result.gflops(),
                    number("%.1f", result.percentOfPeak()),
                    number("%.0f", result.residentMb()),
                    100 * result.agreement());
        }
        for (LeftOut engine : report.leftOut()) {
            line("%-14s %-9s left out: %s", engine.engine(), engine.precision(), engine.reason());
        }
        report.results().stream().filter(result -> !result.layers().isEmpty()).forEach(this::layers);
        out.flush();
    }

    private void layers(Result result) {
        List<LayerResult> layers = result.layers();
        double total = layers.stream().mapToDouble(LayerResult::milliseconds).sum();
        line("");
        line(
                "%s in %s%s",
                result.engine(),
                result.precision(),
                result.tellsLayersApart() ? "" : ", which does not time layers, only the network as a whole");
        line("  %-20s %12s %8s %9s", "layer", "ms a batch", "share", "GFLOP/s");
        for (LayerResult layer : layers) {
            line(
                    "  %-20s %12.3f %6.1f %% %9s",
                    layer.layer(),
                    layer.milliseconds(),
                    100 * layer.milliseconds() / total,
                    number("%.0f", layer.gflops()));
        }
    }

    private static String number(String pattern, OptionalDouble value) {
        return value.isPresent() ? format(pattern, value.getAsDouble()) : "-";
    }

    private void line(String pattern, Object... values) {
        out.println(format(pattern, values));
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
