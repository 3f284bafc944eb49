package io.gatewright.registry;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;

/**
 * The chain of hashes that shows whether history was touched. Immutable.
 *
 * <p>{@code hash = SHA-256(previous hash || canonical JSON)}, where the JSON (RFC 8785) is {@code {revision, at, actor,
 * reason, correlationId, changes: [{kind, id, oldVersion, old, new}]}} and the hash before the first revision is 32 zero
 * bytes. Who can rewrite all later rows can also rewrite all later hashes: keep {@link Verdict.Intact#head} somewhere else
 * and compare.
 */
public final class AuditChain {
    /** The hash before the first revision. */
    public static final String GENESIS = "0".repeat(64);

    private AuditChain() {}

    /** What a verification found. */
    public sealed interface Verdict {
        /**
         * Nothing was touched.
         *
         * @param revisions how many were looked at
         * @param head the hash of the last, {@link #GENESIS} when there was none
         */
        record Intact(long revisions, String head) implements Verdict {}

        /**
         * Something was touched.
         *
         * @param revision the first that does not fit
         */
        record Altered(long revision, String why) implements Verdict {}
    }

    /** Recomputes the chain from the first revision on, without a database. */
    public static Verdict verify(Iterator<Revision> revisions) {
        long number = 0;
        String previous = GENESIS;
        while (revisions.hasNext()) {
            Revision revision = revisions.next();
            number++;
            RevisionHeader header = revision.header();
            if (header.number() != number) {
                return new Verdict.Altered(number, "revision " + header.number() + " stands in its place");
            }
            if (!header.previousHash().equals(previous)) {
                return new Verdict.Altered(number, "its previous hash is not the hash of the revision before");
            }
            if (!header.hash().equals(hash(revision))) {
                return new Verdict.Altered(number, "its hash does not cover what it says");
            }
            previous = header.hash();
        }
        return new Verdict.Intact(number, previous);
    }

    /** The revision that follows {@code previousHash}. */
    static Revision append(
            String previousHash, long number, Instant at, Changeset changeset, List<DocumentChange> changes) {
        RevisionHeader unhashed = new RevisionHeader(
                number, at, changeset.actor(), changeset.reason(), changeset.correlationId(), previousHash, GENESIS);
        String hash = hash(new Revision(unhashed, changes));
        return new Revision(
                new RevisionHeader(
                        number,
                        at,
                        changeset.actor(),
                        changeset.reason(),
                        changeset.correlationId(),
                        previousHash,
                        hash),
                changes);
    }

    private static String hash(Revision revision) {
        RevisionHeader header = revision.header();
        MessageDigest sha256 = sha256();
        sha256.update(HexFormat.of().parseHex(header.previousHash()));
        sha256.update(Json.canonical(Revision.hashed(
                header.number(),
                header.at(),
                header.actor(),
                header.reason(),
                header.correlationId(),
                revision.changes())));
        return HexFormat.of().formatHex(sha256.digest());
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("Every JDK has SHA-256", e);
        }
    }
}
