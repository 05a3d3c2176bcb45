package io.fcnspark.metrics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Optional;
import java.util.OptionalDouble;

/** What has no value is null in JSON. */
final class Json {
    private Json() {}

    static Double nullable(OptionalDouble value) {
        return value.isPresent() ? value.getAsDouble() : null;
    }

    /** {@code [low, high]}. */
    static JsonNode interval(Optional<Interval> interval) {
        return interval.<JsonNode>map(
                        i -> JsonNodeFactory.instance.arrayNode().add(i.low()).add(i.high()))
                .orElse(JsonNodeFactory.instance.nullNode());
    }
}
