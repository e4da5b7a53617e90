package litestream4j.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import litestream4j.ltx.Commit;
import litestream4j.ltx.FrameDecoder;
import litestream4j.ltx.LtxFileContents;
import litestream4j.ltx.LtxFileName;
import litestream4j.ltx.LtxHeader;
import litestream4j.ltx.LtxWriter;
import litestream4j.replica.Level;

/** A replica with free pages behind those of another one. Nobody reads them, but each has its entry in the index. */
final class EnlargedReplica {
    private EnlargedReplica() {}

    /**
     * Returns the replica; kept beside the other one, and found again.
     *
     * @param name of its folder
     * @param pages of its database
     */
    static Replica of(Replica replica, String name, int pages) throws IOException {
        Path folder = replica.folder().resolveSibling(name);
        if (!Files.isDirectory(folder)) {
            System.err.printf("making the replica of %d pages ...%n", pages);
            make(replica, folder, pages);
        }
        return new Replica(replica.shape(), folder, replica.primary(), replica.plain());
    }

    private static void make(Replica replica, Path folder, int pages) throws IOException {
        Path unfinished = folder.resolveSibling(folder.getFileName() + ".unfinished");
        ReplicaMaker.delete(unfinished);
        for (Level level : Level.ALL) {
            Path from = replica.levels().resolve(Integer.toString(level.number()));
            if (!Files.isDirectory(from)) {
                continue;
            }
            Path to = Files.createDirectories(unfinished.resolve("ltx").resolve(from.getFileName()));
            try (DirectoryStream<Path> files = Files.newDirectoryStream(from)) {
                for (Path file : files) {
                    enlarge(file, to.resolve(file.getFileName()), pages);
                }
            }
        }
        Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void enlarge(Path from, Path to, int pages) throws IOException {
        byte[] content = Files.readAllBytes(from);
        String name = from.getFileName().toString();
        LtxFileContents contents = LtxFileContents.parse(LtxFileName.parse(name).orElseThrow(), name, content);
        LtxHeader header = contents.header();
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(to))) {
            LtxWriter writer = new LtxWriter(
                    out,
                    new LtxHeader(
                            header.noChecksum(),
                            header.pageSize(),
                            new Commit(pages),
                            header.min(),
                            header.max(),
                            header.timestampMillis(),
                            header.preApplyChecksum(),
                            header.walOffset(),
                            header.walSize(),
                            header.walSalt1(),
                            header.walSalt2(),
                            header.nodeId()));
            for (int i = 0; i < contents.index().size(); i++) {
                int offset = (int) contents.index().offset(i);
                int bytes = contents.index().frameBytes(i);
                long pgno = contents.index().pgno(i);
                writer.page(pgno, FrameDecoder.decode(name, offset, content, offset, bytes, pgno, header.pageSize()));
            }
            if (header.min().value() == 1) {
                byte[] free = new byte[header.pageSize().bytes()];
                for (long pgno = header.commit().pages() + 1; pgno <= pages; pgno++) {
                    if (pgno != header.pageSize().lockPage()) {
                        writer.page(pgno, free);
                    }
                }
            }
            writer.finish(0);
        }
    }
}
