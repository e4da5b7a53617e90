package litestream4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MarkdownTablesTest {
    @Test
    void printedResultsAreReadAgain() {
        Results results = new Results();
        results.add("Cold", "open: ms", Contender.GO, 2521);
        results.add("Cold", "open: ms", Contender.OURS, 41.7);
        results.add("Cold", "scan: s", Contender.DOWNLOAD, 0.172);
        results.add("Warm", "lookups: /s", Contender.PLAIN_JDBC, 1_234_567);
        assertThat(MarkdownTables.parse("Revision 1\n" + results.markdown()))
                .containsExactly(
                        new ResultTable(
                                "Cold",
                                Map.of(
                                        "open: ms",
                                        Map.of(Contender.GO, 2521.0, Contender.OURS, 41.7),
                                        "scan: s",
                                        Map.of(Contender.DOWNLOAD, 0.172))),
                        new ResultTable("Warm", Map.of("lookups: /s", Map.of(Contender.PLAIN_JDBC, 1_234_567.0))));
    }

    @Test
    void otherTablesArePassedOver() {
        assertThat(MarkdownTables.parse("""
                ### JMH

                | | ns | ours |
                | --- | ---: | ---: |
                | cache: hit / miss | 15 / 24 | 0 |

                ### Idle

                | command | ours |
                | --- | ---: |
                | none | 1 |

                ## Targets

                | | ours |
                | --- | ---: |
                | open | met |
                """)).isEmpty();
    }

    @Test
    void laterTableTakesTheWholePlaceOfAnEarlierOne() {
        List<ResultTable> tables = MarkdownTables.parse("""
                ### Open

                | | Go 0.5.17 | ours |
                | --- | ---: | ---: |
                | ms | 30 | 4 |

                ### Open

                | | ours |
                | --- | ---: |
                | ms | 3 |
                """);
        assertThat(tables).containsExactly(new ResultTable("Open", Map.of("ms", Map.of(Contender.OURS, 3.0))));
    }

    @Test
    void cellThatIsNoNumberIsNamed() {
        assertThatThrownBy(() -> MarkdownTables.parse("### Open\n| | ours |\n| --- | ---: |\n| ms | fast |\n"))
                .hasMessage("table \"Open\", row \"ms\": expected a number or -, found \"fast\"");
    }

    @Test
    void rowThatIsTooShortIsNamed() {
        assertThatThrownBy(() -> MarkdownTables.parse("### Open\n| | ours |\n| --- | ---: |\n| ms |\n"))
                .hasMessage("table \"Open\", row \"ms\": expected 1 cells and a bar at the end, found 0");
    }
}
