package litestream4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Goal: the simulation finds the defects that it is there for. Method: each is put into the engine by changing one
 * place of its source, and lives are lived until one fails. {@code -Dtest.defect=} chooses by a part of the name.
 */
@ExtendWith(Quiet.class)
class MutantTest {
    private static final int LIVES_MAX = 3000;

    static Stream<Arguments> defects() {
        return Stream.of(
                        arguments(
                                "files merged by arrival: level 1 over newer transactions",
                                "Follower",
                                "advance(loadPresent(chain));",
                                """
                        advance(loader.loadAll(java.util.stream.Stream.concat(
                                files.stream().filter(file -> file.level().number() == 1), chain.stream()).toList()));
                        """),
                        arguments(
                                "size from the greatest page",
                                "PageMap",
                                "            pages = commit;",
                                "            pages = Math.max(pages, commit);"),
                        arguments(
                                "pages beyond a shrink remembered",
                                "PageMap",
                                "boolean isSmaller = commit < pages;",
                                "boolean isSmaller = false;"),
                        arguments(
                                "unchanged pages forgotten in a shrink",
                                "PageMap",
                                "edit.resize(file.commit().pages());",
                                "if (file.commit().pages() < edit.pages) {\nedit.resize(0);\n}\n"
                                        + "edit.resize(file.commit().pages());"),
                        arguments(
                                "cache by page number",
                                "PageCache",
                                "return ((long) fileId << Integer.SIZE) | pgno;",
                                "return pgno;"),
                        arguments(
                                "txid ahead of the pages",
                                "ViewLoader",
                                "base.applyAll(files)",
                                "files.getLast().commit().pages() == base.pages() ? base : base.applyAll(files)"),
                        arguments(
                                "a view that moves in a transaction",
                                "Reader",
                                "if (pinned != null) {\n            return pinned;",
                                "if (pinned != null && held.past() != null) {\n            return pinned;"),
                        arguments(
                                "gaps leapt over",
                                "RestorePlanner",
                                "while (next < sorted.size() && !sorted.get(next).min().isAfter(end.next())) {",
                                "while (next < sorted.size()) {"),
                        arguments(
                                "a replica that was begun again taken for the old one",
                                "Follower",
                                "if (!asBefore && !views.isThere(view.last())) {",
                                "if (newest.isBefore(view.txid()) && !lastListed) {"),
                        arguments(
                                "an old listing taken for a replica that was begun again",
                                "ViewLoader",
                                "calls.read(file.file, 0, 1);\n            return true;",
                                "return calls.read(file.file, 0, 1).length == 0;"),
                        arguments(
                                "the next file taken whatever WAL it is from",
                                "NextFiles",
                                "return next.walSalt1() == before.walSalt1()",
                                "return next.walSalt1() != 0 || next.walSalt1() == before.walSalt1()"),
                        arguments(
                                "the next file taken although the one before was overwritten",
                                "NextFiles",
                                "<= 0 || views.isThere(last);",
                                "<= 0 || views != null;"),
                        arguments(
                                "an overwritten history noticed only where the last listing was",
                                "Overwriting",
                                "return List.of(latest, had);",
                                "return List.of(had);"),
                        arguments(
                                "what a listing shows behind a file taken, although that file was read before",
                                "Follower",
                                "|| !file.equals(listed.getLast()))",
                                "&& listed.contains(file))"),
                        arguments(
                                "lost pages taken from another history",
                                "LostViews",
                                "view.isSameAs(elsewhere) && samePages",
                                "view != elsewhere && samePages"),
                        arguments(
                                "snapshots of another history taken for the same one",
                                "Snapshot",
                                "return lineage == other.lineage;",
                                "return true;"),
                        arguments(
                                "a file that came damaged left out for ever",
                                "ViewLoader",
                                "return until == null || now - until >= 0;",
                                "return until == null;"),
                        arguments(
                                "a history that was begun again taken for the one before",
                                "ViewLoader",
                                "        return newLineage();\n    }",
                                "        return anchor == null" + " ? newLineage() : anchor.lineage();\n    }"),
                        arguments(
                                "cache shared between histories",
                                "SourceFile",
                                "this.id = id;",
                                "this.id = (int) header.max().value();"),
                        arguments("lag reset at a gap", "Follower", "stalled = behind;", "stalled = false;"),
                        arguments(
                                "time travel that includes the moment",
                                "RestorePlanner",
                                "file -> timeOf.apply(file).isBefore(time);",
                                "file -> !timeOf.apply(file).isAfter(time);"),
                        arguments(
                                "a wait that ends too early",
                                "Waits",
                                "boolean reached = !following.newest().txid().isBefore(txid);",
                                "boolean reached = following.newest().txid().value() + 1 >= txid.value();"),
                        arguments(
                                "a wait that cannot be interrupted",
                                "Waits",
                                "if (cancellation.isCancelled()) {",
                                "if (cancellation.isCancelled() && limit.isZero()) {"),
                        arguments(
                                "old data served although its age is bounded",
                                "Waits",
                                "if (!await(() -> following.age().compareTo(maxLag) <= 0, limit, cancellation)) {",
                                "if (!await(() -> true, limit, cancellation)) {"),
                        arguments(
                                "transactions that are never counted as ended",
                                "Reader",
                                "held.pin(null);",
                                "held.pin(held.pinned());"),
                        arguments(
                                "no other places for lost pages",
                                "LostViews",
                                "view.isSameAs(elsewhere) && samePages",
                                "view == elsewhere && samePages"))
                .filter(defect -> String.valueOf(defect.get()[0]).contains(System.getProperty("test.defect", "")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("defects")
    void simulationFindsADefect(String what, String className, String original, String defect, @TempDir Path classes)
            throws Exception {
        MutantEngine engine = MutantEngine.of(className, original, defect, classes);
        int survived = 0;
        while (survived < LIVES_MAX && survives(engine, survived)) {
            survived++;
        }
        assertThat(survived).as("lives of an engine with: %s", what).isLessThan(LIVES_MAX);
    }

    private static boolean survives(MutantEngine engine, long seed) throws ReflectiveOperationException {
        try {
            engine.live(seed);
            return true;
        } catch (InvocationTargetException e) {
            assertThat(e.getCause()).isInstanceOf(AssertionError.class);
            return false;
        }
    }
}
