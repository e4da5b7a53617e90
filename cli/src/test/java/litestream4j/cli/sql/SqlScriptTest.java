package litestream4j.cli.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SqlScriptTest {
    @Test
    void semicolonsSeparateStatements() {
        SqlScript script = SqlScript.parse(" SELECT 1 ;\n;; SELECT 2; ");
        assertThat(script.statements()).containsExactly("SELECT 1", "SELECT 2");
        assertThat(script.rest()).isEmpty();
    }

    @Test
    void lastStatementNeedsNoSemicolon() {
        assertThat(SqlScript.parse("SELECT 1; SELECT 2").all()).containsExactly("SELECT 1", "SELECT 2");
    }

    @Test
    void semicolonsInLiteralsNamesAndCommentsSeparateNothing() {
        String sql = "SELECT 'a;''b;', \"c;\", `d;`, [e;] -- f;\n /* g; */ , 1 - 2 / 3";
        assertThat(SqlScript.parse(sql + ";SELECT 2;").statements()).containsExactly(sql, "SELECT 2");
    }

    @Test
    void commentsAloneAreNoStatement() {
        SqlScript script = SqlScript.parse("-- nothing;\n/* at ; all */;\n--");
        assertThat(script.all()).isEmpty();
    }

    @Test
    void openLiteralsAndCommentsAreIncomplete() {
        assertThat(SqlScript.parse("SELECT 'a;").rest()).isEqualTo("SELECT 'a;");
        assertThat(SqlScript.parse("/* a;").rest()).isNotEmpty();
    }

    @Test
    void triggerBodyIsOneStatement() {
        String trigger = "CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; SELECT CASE 1 WHEN 1 THEN 2 END; END";
        assertThat(SqlScript.parse(trigger + "; SELECT 3;").statements()).containsExactly(trigger, "SELECT 3");
    }

    @Test
    void explainedTriggerIsOneStatement() {
        String trigger = "EXPLAIN QUERY PLAN CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END";
        assertThat(SqlScript.parse(trigger + ";").statements()).containsExactly(trigger);
    }

    @Test
    void createTableEndsAtItsSemicolon() {
        assertThat(SqlScript.parse("CREATE TABLE trigger_log(a); SELECT 1;").statements())
                .hasSize(2);
    }
}
