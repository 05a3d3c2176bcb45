package io.fcnspark.report;

import io.pebbletemplates.pebble.PebbleEngine;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;

/**
 * Writes a report as one HTML file: styles, scripts and pictures are in it, and its content security policy forbids it to load
 * anything and to run any script but its own two.
 */
public final class HtmlReport {
    private static final String ECHARTS = "/META-INF/resources/webjars/echarts/5.3.1/dist/echarts.min.js";

    private HtmlReport() {}

    /** The page. */
    public static String write(ReportData data) {
        String charts = resource(ECHARTS);
        String script = resource("report.js");
        StringWriter html = new StringWriter();
        try {
            new PebbleEngine.Builder()
                    .strictVariables(true)
                    .build()
                    .getLiteralTemplate(resource("report.html"))
                    .evaluate(
                            html,
                            Map.of(
                                    "page", new ReportPages(data).page(),
                                    "data", inScript(ChartData.of(data).toString()),
                                    "style", resource("report.css"),
                                    "charts", charts,
                                    "script", script,
                                    "policy",
                                            "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src %s %s"
                                                    .formatted(hash(charts), hash(script))));
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return html.toString();
    }

    /** JSON within a script element, where {@code <} could end it. */
    private static String inScript(String json) {
        return json.replace("<", "\\u003c");
    }

    /** What a content security policy allows a script by. */
    private static String hash(String script) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    private static String resource(String name) {
        try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not in the application jar");
            }
            // As a browser reads it, or the hash would be of another text.
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be read from the application jar", e);
        }
    }
}
