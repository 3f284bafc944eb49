package io.gatewright.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import org.erdtman.jcs.JsonCanonicalizer;
import org.jspecify.annotations.Nullable;

/**
 * The chain of hashes that shows whether history was touched. Stateless.
 *
 * <p>A revision is {@code {revision, at, actor, reason, correlationId, changes: [{kind, id, oldVersion, old, new}],
 * previousHash, hash}}, where {@code hash = SHA-256(previous hash || canonical JSON (RFC 8785) of all but the two hashes)}.
 * The hash before the first revision is 32 zero bytes. Who can rewrite all later rows can also rewrite all later hashes:
 * keep {@link Verdict.Intact#head} somewhere else and compare.
 */
public final class AuditChain {
    /** The hash before the first revision. */
    public static final String GENESIS = "0".repeat(64);

    private static final List<String> HASHES = List.of("previousHash", "hash");

    private AuditChain() {}

    /** What a verification found. */
    public sealed interface Verdict {
        /**
         * Nothing was touched.
         *
         * @param from the first revision that was looked at
         * @param to the last one, {@code from - 1} when there was none
         * @param head the hash of the last, or the one before {@code from}
         */
        record Intact(long from, long to, String head) implements Verdict {}

        /**
         * Something was touched.
         *
         * @param revision the first that does not fit
         */
        record Altered(long revision, String why) implements Verdict {}

        /** It may be intact in itself, but nobody can say that it is the history in question. */
        record Unknown(String why) implements Verdict {}
    }

    /** Recomputes the chain from the first revision on. */
    public static Verdict verify(Iterator<ObjectNode> revisions) {
        Links links = new Links(1, GENESIS);
        while (revisions.hasNext()) {
            Verdict.Altered altered = links.follow(revisions.next());
            if (altered != null) {
                return altered;
            }
        }
        return links.intact();
    }

    /** The hash, in 64 hexadecimal digits, of a revision that follows {@code previousHash}. */
    public static String hash(String previousHash, ObjectNode revision) {
        ObjectNode covered = revision.objectNode();
        covered.setAll(revision);
        covered.remove(HASHES);
        MessageDigest sha256 = sha256();
        sha256.update(HexFormat.of().parseHex(previousHash));
        sha256.update(canonical(covered));
        return HexFormat.of().formatHex(sha256.digest());
    }

    /**
     * Whether the hash covers every digit of its numbers. The canonical form writes a number as double precision holds it
     * (RFC 8785 §3.2.2.3), so a whole number with more digits would share its hash with others.
     */
    public static boolean covers(JsonNode json) {
        if (json.isNumber()) {
            double covered = json.doubleValue();
            return Double.isFinite(covered)
                    && (!json.isIntegralNumber()
                            || new BigDecimal(Double.toString(covered)).compareTo(json.decimalValue()) == 0);
        }
        for (JsonNode child : json) {
            if (!covers(child)) {
                return false;
            }
        }
        return true;
    }

    private static byte[] canonical(ObjectNode json) {
        try {
            return new JsonCanonicalizer(json.toString()).getEncodedUTF8();
        } catch (IOException e) {
            throw new IllegalArgumentException("This JSON has no canonical form: " + e.getMessage(), e);
        }
    }

    /** A new SHA-256. */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("Every JDK has SHA-256", e);
        }
    }

    /** Goes along the chain. One thread at a time. */
    static final class Links {
        private final long from;
        private long next;
        private String hash;

        /** Starts at revision {@code from}, before which stands that hash. */
        Links(long from, String hash) {
            this.from = from;
            this.next = from;
            this.hash = hash;
        }

        /** The number of the revision that comes next. */
        long next() {
            return next;
        }

        /** The hash of the revision before. */
        String hash() {
            return hash;
        }

        Verdict.Intact intact() {
            return new Verdict.Intact(from, next - 1, hash);
        }

        /** Goes to the next revision, or says what is wrong with it. */
        Verdict.@Nullable Altered follow(ObjectNode revision) {
            if (!revision.path("revision").isIntegralNumber()
                    || revision.path("revision").longValue() != next) {
                return new Verdict.Altered(next, "revision " + revision.path("revision") + " stands in its place");
            }
            if (!revision.path("previousHash").asText().equals(hash)) {
                return new Verdict.Altered(next, "its previous hash is not the hash of the revision before");
            }
            String told = revision.path("hash").asText();
            if (!covers(revision) || !told.equals(AuditChain.hash(hash, revision))) {
                return new Verdict.Altered(next, "its hash does not cover what it says");
            }
            next++;
            hash = told;
            return null;
        }
    }
}
