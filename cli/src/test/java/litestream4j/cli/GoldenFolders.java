package litestream4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import litestream4j.ltx.LtxHeader;
import litestream4j.testkit.GoldenFolder;
import litestream4j.testkit.ScriptedS3Server;
import org.junit.jupiter.api.Assumptions;

/** The sample replicas of {@link GoldenFolder}, as replicas that tests may change. */
public final class GoldenFolders {
    private GoldenFolders() {}

    /** Copies a sample, since a checkout loses the files' times: they are set as a primary does. Returns the URL. */
    public static String copy(String name, Path folder) throws IOException {
        Path source = GoldenFolder.orSkip(name);
        List<Path> files;
        try (Stream<Path> walk = Files.walk(source)) {
            files = walk.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            Path target = folder.resolve(source.relativize(file).toString());
            Files.createDirectories(Objects.requireNonNull(target.getParent()));
            Files.copy(file, target);
            if (file.toString().endsWith(".ltx") && !name.startsWith("legacy")) {
                LtxHeader header = LtxHeader.parse(file.toString(), Files.readAllBytes(file), 0);
                Files.setLastModifiedTime(target, FileTime.fromMillis(header.timestampMillis()));
            }
        }
        return "file://" + folder.toAbsolutePath();
    }

    /** Returns the files of a replica's folder. */
    public static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /** Stores a sample in a bucket. */
    public static void upload(String name, ScriptedS3Server store, String prefix) throws IOException {
        Path source = GoldenFolder.orSkip(name).resolve("ltx");
        for (Path file : files(source)) {
            byte[] content = Files.readAllBytes(file);
            LtxHeader header = LtxHeader.parse(file.toString(), content, 0);
            String level = "%04x"
                    .formatted(
                            Integer.parseInt(source.relativize(file).getName(0).toString()));
            store.put("%s/%s/%s".formatted(prefix, level, file.getFileName()), content, header.timestamp());
        }
    }

    /** Returns the script that checks LTX files independently, or ends the calling test as skipped. */
    public static Path checkerOrSkip() {
        Path checker = GoldenFolder.orSkip(".").resolve("../tools/ltx_check.py").normalize();
        if (!Files.exists(checker)) {
            String message = "SKIPPED: no " + checker.getFileName() + " beside the golden LTX files";
            System.err.println(message);
            Assumptions.abort(message);
        }
        return checker;
    }
}
