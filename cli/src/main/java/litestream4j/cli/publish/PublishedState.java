package litestream4j.cli.publish;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import litestream4j.ltx.PageSize;
import litestream4j.ltx.Txid;

/**
 * What was published last: the proof that the newest file of a replica is ours, and what the next increment is made
 * against.
 *
 * @param replica where to; without secrets
 * @param txid the transaction that was written
 * @param timestampMillis its time, in milliseconds since 1970
 * @param fileBytes size of its file
 * @param fileChecksum from the trailer of its file
 * @param pageSize of the database
 * @param pageChecksums of page i + 1, as in the LTX format; 0 for the lock page. Shape: [commit]
 */
record PublishedState(
        String replica,
        Txid txid,
        long timestampMillis,
        long fileBytes,
        long fileChecksum,
        PageSize pageSize,
        long[] pageChecksums) {
    private static final String MAGIC = "litestream4j-publish-1";

    /** Returns the state as bytes; a CRC-32C stands at the end. */
    byte[] encode() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeUTF(MAGIC);
        out.writeUTF(replica);
        out.writeLong(txid.value());
        out.writeLong(timestampMillis);
        out.writeLong(fileBytes);
        out.writeLong(fileChecksum);
        out.writeInt(pageSize.bytes());
        out.writeInt(pageChecksums.length);
        ByteBuffer checksums = ByteBuffer.allocate(Math.multiplyExact(pageChecksums.length, Long.BYTES));
        checksums.asLongBuffer().put(pageChecksums);
        out.write(checksums.array());
        out.writeInt(crc(bytes.toByteArray(), bytes.size()));
        return bytes.toByteArray();
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws IOException if it is anything else
     */
    static PublishedState decode(byte[] bytes) throws IOException {
        int covered = bytes.length - Integer.BYTES;
        if (covered < 0 || crc(bytes, covered) != ByteBuffer.wrap(bytes).getInt(covered)) {
            throw new IOException("not a state of publishing, or damaged");
        }
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, 0, covered));
        String magic = in.readUTF();
        if (!magic.equals(MAGIC)) {
            throw new IOException("expected " + MAGIC + ", found " + magic);
        }
        String replica = in.readUTF();
        Txid txid = new Txid(in.readLong());
        long timestampMillis = in.readLong();
        long fileBytes = in.readLong();
        long fileChecksum = in.readLong();
        PageSize pageSize = new PageSize(in.readInt());
        long[] pageChecksums = new long[in.readInt()];
        ByteBuffer.wrap(in.readAllBytes()).asLongBuffer().get(pageChecksums);
        return new PublishedState(replica, txid, timestampMillis, fileBytes, fileChecksum, pageSize, pageChecksums);
    }

    private static int crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
