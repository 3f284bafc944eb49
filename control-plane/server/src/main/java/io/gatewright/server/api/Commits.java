package io.gatewright.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.registry.Change;
import io.gatewright.registry.Changeset;
import io.gatewright.registry.CommitResult;
import io.gatewright.registry.Mandate;
import io.gatewright.registry.Proposals;
import io.gatewright.registry.Registry;
import io.gatewright.registry.Rehearsal;
import io.gatewright.registry.SettingsFeed;
import io.gatewright.server.access.Caller;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes of documents, with what every write needs: a reason, and for a single document its expected version. */
@ApplicationScoped
public class Commits {
    private static final String REASON = "Change-Reason";
    private static final String NOT_BEFORE = "Change-Not-Before";
    private static final Duration FURTHEST = Duration.ofDays(366);
    private static final String EXTENDED = "UTF-8''";

    private final Registry registry;
    private final SettingsFeed feed;
    private final Proposals proposals;
    private final Requester requester;
    private final Clock clock;

    public Commits(Registry registry, SettingsFeed feed, Proposals proposals, Requester requester, Clock clock) {
        this.registry = registry;
        this.feed = feed;
        this.proposals = proposals;
        this.requester = requester;
        this.clock = clock;
    }

    /** @param body null removes */
    Response one(DocumentKey key, @Nullable JsonNode body, HttpHeaders headers) {
        requireWritable(key.kind());
        Long expected = expectedVersion(headers);
        Instant notBefore = notBefore(headers.getHeaderString(NOT_BEFORE));
        Changeset changeset = changeset(reason(headers, null), headers, List.of(new Change(key, expected, body)), null);
        CommitResult result = commit(changeset, notBefore);
        boolean nothingToRemove = body == null
                && result instanceof CommitResult.Stale stale
                && stale.current().isEmpty();
        if (nothingToRemove) { // RFC 9110 §13.2.1: what would be a 404 without the precondition is one with it
            throw Refusal.notFound("id", "document " + key, "it may be removed already; correct its id otherwise");
        }
        return answer(result, changeset, notBefore);
    }

    /** @param notBefore as the body says it, before the header */
    Response many(@Nullable String reason, @Nullable String notBefore, HttpHeaders headers, List<Change> changes) {
        changes.forEach(change -> requireWritable(change.key().kind()));
        Instant earliest = notBefore(notBefore == null ? headers.getHeaderString(NOT_BEFORE) : notBefore);
        Changeset changeset = changeset(reason(headers, reason), headers, changes, null);
        return answer(commit(changeset, earliest), changeset, earliest);
    }

    /** What the changes would do to what there is now. */
    Response rehearse(List<Change> changes) {
        changes.forEach(change -> requireWritable(change.key().kind()));
        feed.look();
        return DryRun.of(
                Rehearsal.of(feed.current(), new Changeset(requester.caller().actor(), "dry run", null, changes)));
    }

    /**
     * The same onto that revision only: If-Match must name it, and it must still be the newest. No changes are none to
     * make.
     */
    Response onto(long newest, HttpHeaders headers, List<Change> changes) {
        String reason = reason(headers, null);
        long seen = expectedVersion(headers);
        if (seen != newest) {
            throw Refusal.of(
                    ProblemType.STALE,
                    new Problem(
                            "If-Match",
                            "names revision " + seen + ", and the newest is " + newest,
                            "look again at what would change, and send the ETag of that answer"));
        }
        if (changes.isEmpty()) {
            return Answers.of(new CommitResult.Unchanged(newest));
        }
        Instant notBefore = notBefore(headers.getHeaderString(NOT_BEFORE));
        Changeset changeset = changeset(reason, headers, changes, newest);
        return answer(commit(changeset, notBefore), changeset, notBefore);
    }

    /** @param newest the revision that must be the newest, or null */
    private Changeset changeset(String reason, HttpHeaders headers, List<Change> changes, @Nullable Long newest) {
        String correlationId = headers.getHeaderString("X-Correlation-ID");
        String kept = correlationId != null && correlationId.matches("[A-Za-z0-9-]{1,64}") ? correlationId : null;
        return new Changeset(requester.caller().actor(), reason, kept, changes, newest);
    }

    private CommitResult commit(Changeset changeset, @Nullable Instant notBefore) {
        Caller caller = requester.caller();
        Mandate.Extent atOnce = notBefore != null
                ? Mandate.Extent.NOTHING
                : caller.alone() ? Mandate.Extent.ALL : Mandate.Extent.ALL_BUT_SENSITIVE;
        CommitResult result = registry.commit(changeset, new Mandate(caller.orgs(), atOnce));
        feed.look(); // so that it is on its way to the gateways, and whoever got the answer reads what was written
        return result;
    }

    private Response answer(CommitResult result, Changeset changeset, @Nullable Instant notBefore) {
        Caller caller = requester.caller();
        return result instanceof CommitResult.Deferred deferred
                ? Answers.of(proposals.propose(requester.party(), changeset, deferred, !caller.alone(), notBefore))
                : Answers.of(result);
    }

    private @Nullable Instant notBefore(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            Instant time = OffsetDateTime.parse(text).toInstant();
            Instant now = clock.instant();
            if (time.isAfter(now) && time.isBefore(now.plus(FURTHEST))) {
                return time;
            }
            throw Refusal.invalid(List.of(new Problem(
                    "notBefore",
                    text + " is not within a year from now, which is " + now,
                    "name a time to come, or leave it out to make the change at once")));
        } catch (DateTimeParseException e) {
            throw Refusal.invalid(List.of(new Problem(
                    "notBefore", "is not a time with its offset", "write it as 2030-01-31T06:00:00+01:00")));
        }
    }

    static void requireWritable(Kind kind) {
        if (kind == Kind.SIGNING_KEYS) {
            throw Refusal.of(
                    ProblemType.NOT_WRITABLE,
                    new Problem("kind", "signing keys are fetched from their issuer", "write the issuer document"));
        }
    }

    private static String reason(HttpHeaders headers, @Nullable String fromBody) {
        String reason = fromBody == null ? decoded(headers.getHeaderString(REASON)) : fromBody;
        if (reason == null || reason.isBlank()) {
            throw Refusal.badRequest(
                    "reason", "is missing", "say in a sentence why, in the header Change-Reason or the field reason");
        }
        return reason;
    }

    /** Headers are ASCII: a reason beyond it is sent as {@code UTF-8''percent-encoded} (RFC 8187). */
    private static @Nullable String decoded(@Nullable String header) {
        if (header == null || !header.startsWith(EXTENDED)) {
            return header;
        }
        try {
            String encoded = header.substring(EXTENDED.length()).replace("+", "%2B");
            return URLDecoder.decode(encoded, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Refusal.badRequest(
                    "reason", "is not encoded as RFC 8187 says", "write UTF-8'' and percent-encode the rest");
        }
    }

    /** RFC 9110 §13.1: If-Match names the version that is replaced, If-None-Match: * asks for a new document. */
    private static Long expectedVersion(HttpHeaders headers) {
        String match = headers.getHeaderString(HttpHeaders.IF_MATCH);
        String noneMatch = headers.getHeaderString(HttpHeaders.IF_NONE_MATCH);
        if (match == null && "*".equals(noneMatch)) {
            return 0L;
        }
        if (match == null) {
            throw Refusal.of(
                    ProblemType.PRECONDITION_REQUIRED,
                    new Problem(
                            "If-Match",
                            "is missing",
                            "send the ETag of the document, or of the dry run, that you read; or If-None-Match: * to create"
                                    + " a document"));
        }
        String version = match.replace("\"", "");
        if (!version.matches("[0-9]{1,18}")) {
            throw Refusal.badRequest("If-Match", "is not an ETag of this API", "send the ETag of what you read");
        }
        return Long.parseLong(version);
    }
}
