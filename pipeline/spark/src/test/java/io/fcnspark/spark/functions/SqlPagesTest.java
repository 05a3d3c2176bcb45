package io.fcnspark.spark.functions;

import static org.assertj.core.api.Assertions.assertThat;

import io.fcnspark.spark.SharedSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples of the pages about the functions, run as they stand. */
class SqlPagesTest {
    private static final Path PAGES = Path.of("../docs/sql");
    private static final Pattern EXAMPLE =
            Pattern.compile("```sql\n(.*?)```\n(?:\n```text\n(.*?)```\n)?", Pattern.DOTALL);
    private static final SparkSession SPARK = SharedSpark.session();

    private record Example(String page, String query, String result) {
        @Override
        public String toString() {
            return page + ": " + query.lines().findFirst().orElse("");
        }
    }

    @BeforeAll
    static void tableOfTheExamples() throws IOException {
        List<Example> examples = examples(PAGES.resolve("README.md"));
        assertThat(examples).hasSize(1);
        SPARK.sql(examples.get(0).query);
    }

    private static List<Example> examples(Path page) throws IOException {
        List<Example> examples = new ArrayList<>();
        Matcher matcher = EXAMPLE.matcher(Files.readString(page));
        while (matcher.find()) {
            examples.add(new Example(page.getFileName().toString(), matcher.group(1), matcher.group(2)));
        }
        return examples;
    }

    private static Stream<String> functions() {
        return Stream.concat(
                Stream.of(MaskFunction.values()).map(MaskFunction::sqlName),
                Stream.of(SegmentationMetricsAggregate.NAME));
    }

    static List<Example> examples() throws IOException {
        List<Example> examples = new ArrayList<>();
        for (String function : functions().toList()) {
            examples.addAll(examples(page(function)));
        }
        return examples;
    }

    private static Path page(String function) {
        return PAGES.resolve(function + ".md");
    }

    @ParameterizedTest
    @MethodSource("examples")
    void anExampleGivesWhatThePageSays(Example example) {
        Dataset<Row> rows = SPARK.sql(example.query);
        assertThat(rows.showString(100, 0, false).strip()).isEqualTo(example.result.strip());
    }

    @Test
    void everyFunctionHasAPageWithAnExampleAndIsInTheIndex() throws IOException {
        String index = Files.readString(PAGES.resolve("README.md"));
        for (String function : functions().toList()) {
            assertThat(index).contains("[%s](%s.md)(".formatted(function, function));
            assertThat(page(function)).content().startsWith("# " + function + "(");
            assertThat(examples(page(function))).isNotEmpty().allSatisfy(example -> assertThat(example.query)
                    .contains(function + "("));
        }
    }
}
