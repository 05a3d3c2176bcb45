package io.fcnspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SqlScriptTest {
    @Test
    void semicolonsInQuotesAndCommentsEndNothing() {
        SqlScript script = SqlScript.split("""
                -- first; of all
                SELECT ';', "a;b", `c;d`, 'it\\'s; so';
                /* a ; /* nested; */ ; */ SELECT 2 /* ; */;
                SELECT 3
                """);
        assertThat(script.statements())
                .containsExactly(
                        "-- first; of all\nSELECT ';', \"a;b\", `c;d`, 'it\\'s; so'",
                        "/* a ; /* nested; */ ; */ SELECT 2 /* ; */");
        assertThat(script.rest().strip()).isEqualTo("SELECT 3");
        assertThat(script.isRestEmpty()).isFalse();
        assertThat(script.all()).hasSize(3);
    }

    @Test
    void emptyStatementsAreNone() {
        SqlScript script = SqlScript.split(";; SELECT 1; -- the end\n /* really */");
        assertThat(script.statements()).containsExactly("SELECT 1");
        assertThat(script.isRestEmpty()).isTrue();
        assertThatThrownBy(() -> SqlScript.requireComplete(" ; -- nothing"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsNotClosedIsNotComplete() {
        assertThat(SqlScript.split("SELECT 'a;").isRestEmpty()).isFalse();
        assertThat(SqlScript.split("SELECT 1; /* a;").isRestEmpty()).isFalse();
        assertThat(SqlScript.split("SELECT 'a\\").isRestEmpty()).isFalse();
    }
}
