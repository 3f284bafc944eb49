package io.gatewright.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.audit.AuditChain.Verdict;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An audit export: JSON lines in UTF-8. Stateless; holds one revision at a time in memory.
 *
 * <p>The first line is {@code {"export":"gatewright-audit","format":1,"from":…,"previousHash":…}}, then comes one line for
 * each revision as {@link AuditChain} describes it, and the last is {@code {"revisions":…,"head":…,"sha256":…}}, the digest
 * of all bytes before it. A line is compared byte by byte with how it would be written, so nothing hides in what JSON
 * leaves open.
 */
public final class AuditFile {
    private static final String NAME = "gatewright-audit";
    private static final int FORMAT = 1;
    private static final int LONGEST_FIRST_LINE = 1_000;
    private static final int LONGEST_LINE = Integer.MAX_VALUE - 8;
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final List<String> FIELDS =
            List.of("revision", "at", "actor", "reason", "correlationId", "changes", "previousHash", "hash");
    private static final List<String> CHANGE_FIELDS = List.of("kind", "id", "oldVersion", "old", "new");

    private AuditFile() {}

    /**
     * Writes revisions.
     *
     * @param from the number of the first, at least 1
     * @param previousHash of the revision before it
     */
    public static void write(OutputStream out, long from, String previousHash, Iterator<ObjectNode> revisions)
            throws IOException {
        MessageDigest sha256 = AuditChain.sha256();
        line(out, sha256, header(from, previousHash));
        String hash = previousHash;
        long count = 0;
        for (; revisions.hasNext(); count++) {
            ObjectNode revision = revisions.next();
            line(out, sha256, revision);
            hash = revision.path("hash").asText();
        }
        line(out, null, trailer(count, hash, sha256));
        out.flush();
    }

    private static void line(OutputStream out, @Nullable MessageDigest digest, JsonNode json) throws IOException {
        byte[] line = (json + "\n").getBytes(StandardCharsets.UTF_8);
        out.write(line);
        if (digest != null) {
            digest.update(line);
        }
    }

    private static ObjectNode header(long from, String previousHash) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("export", NAME)
                .put("format", FORMAT)
                .put("from", from)
                .put("previousHash", previousHash);
    }

    private static ObjectNode trailer(long revisions, String head, MessageDigest sha256) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("revisions", revisions)
                .put("head", head)
                .put("sha256", HexFormat.of().formatHex(sha256.digest()));
    }

    /**
     * Recomputes the chain of an export and names the first revision that does not fit. An export that is cut off is
     * altered at the revision that should come next.
     *
     * <p>Whoever cuts off whole revisions at the end and writes a new last line, or rewrites the chain from some revision
     * on, leaves a file that fits in itself. Only a hash that was kept elsewhere shows it.
     *
     * @param known the hash of a revision that must be in the export, or just before its first; null: none is known
     * @throws IOException when it cannot be read
     */
    public static Verdict verify(InputStream in, @Nullable String known) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(in, 1 << 16);
        MessageDigest sha256 = AuditChain.sha256();
        byte[] first = next(buffered, sha256, LONGEST_FIRST_LINE);
        ObjectNode header = first == null ? null : parse(first);
        if (first == null
                || header == null
                || !NAME.equals(header.path("export").textValue())) {
            return new Verdict.Unknown("its first line is not that of an audit export");
        }
        if (header.path("format").asInt() != FORMAT) {
            return new Verdict.Unknown("it has format " + header.path("format") + " and this version reads " + FORMAT
                    + "; verify it with the version that wrote it");
        }
        long from = header.path("from").asLong();
        String previous = header.path("previousHash").asText();
        boolean fits = from > 1 || (from == 1 && previous.equals(AuditChain.GENESIS));
        if (!fits || !previous.matches("[0-9a-f]{64}") || !Arrays.equals(first, bytes(header(from, previous)))) {
            return new Verdict.Altered(Math.max(1, from), "the first line of the export was altered");
        }
        return follow(new AuditChain.Links(from, previous), buffered, sha256, known);
    }

    private static Verdict follow(
            AuditChain.Links links, BufferedInputStream in, MessageDigest sha256, @Nullable String known)
            throws IOException {
        boolean met = known == null || known.equals(links.hash());
        while (true) {
            MessageDigest before = copy(sha256);
            byte[] line = next(in, sha256, LONGEST_LINE);
            ObjectNode json = line == null ? null : parse(line);
            if (line == null) {
                return new Verdict.Altered(links.next(), "the export is cut off there");
            }
            if (json == null) {
                return new Verdict.Altered(links.next(), "its line is not a JSON object");
            }
            if (json.has("sha256")) {
                Verdict end = end(links.intact(), line, before, in);
                return met || !(end instanceof Verdict.Intact intact) ? end : unmet(intact, known);
            }
            long number = links.next();
            Verdict.Altered altered = links.follow(json);
            if (altered != null) {
                return altered;
            }
            if (!Arrays.equals(line, bytes(json)) || !inOrder(json)) {
                return new Verdict.Altered(number, "its line is not as an export writes it");
            }
            met |= links.hash().equals(known);
        }
    }

    private static Verdict unmet(Verdict.Intact intact, @Nullable String known) {
        return new Verdict.Unknown("it fits in itself, from revision " + intact.from() + " to " + intact.to()
                + ", but no revision has the hash " + known
                + ": its end was cut off, its history was rewritten, or it is another registry's");
    }

    private static boolean inOrder(ObjectNode revision) {
        boolean inOrder = names(revision).equals(FIELDS);
        for (JsonNode change : revision.path("changes")) {
            inOrder &= names(change).equals(CHANGE_FIELDS);
        }
        return inOrder;
    }

    private static List<String> names(JsonNode json) {
        List<String> names = new ArrayList<>();
        json.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static Verdict end(Verdict.Intact intact, byte[] line, MessageDigest before, InputStream in)
            throws IOException {
        long revisions = intact.to() - intact.from() + 1;
        if (!Arrays.equals(line, bytes(trailer(revisions, intact.head(), before)))) {
            return new Verdict.Altered(
                    intact.to() + 1, "the last line of the export does not fit what stands before it");
        }
        return in.read() < 0
                ? intact
                : new Verdict.Altered(intact.to() + 1, "something stands after the end of the export");
    }

    /** The next line without its end, or null when there is no whole one. */
    private static byte @Nullable [] next(BufferedInputStream in, MessageDigest digest, int longest)
            throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0 && line.size() < longest; b = in.read()) {
            digest.update((byte) b);
            if (b == '\n') {
                return line.toByteArray();
            }
            line.write(b);
        }
        return null;
    }

    private static @Nullable ObjectNode parse(byte[] line) {
        try {
            return MAPPER.readTree(line) instanceof ObjectNode json ? json : null;
        } catch (IOException e) {
            return null;
        }
    }

    private static byte[] bytes(JsonNode json) {
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static MessageDigest copy(MessageDigest digest) {
        try {
            return (MessageDigest) digest.clone();
        } catch (CloneNotSupportedException e) {
            throw new AssertionError("the digest of every JDK can be copied", e);
        }
    }
}
