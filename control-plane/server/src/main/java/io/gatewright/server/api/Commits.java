package io.gatewright.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.registry.Change;
import io.gatewright.registry.Changeset;
import io.gatewright.registry.CommitResult;
import io.gatewright.registry.Registry;
import io.gatewright.registry.SettingsFeed;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Problem;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes of documents, with what every write needs: a reason, and for a single document its expected version. */
@ApplicationScoped
public class Commits {
    private static final String REASON = "Change-Reason";
    private static final String EXTENDED = "UTF-8''";

    private final Registry registry;
    private final SettingsFeed feed;

    public Commits(Registry registry, SettingsFeed feed) {
        this.registry = registry;
        this.feed = feed;
    }

    /** @param body null removes */
    Response one(DocumentKey key, @Nullable JsonNode body, HttpHeaders headers) {
        requireWritable(key.kind());
        Long expected = expectedVersion(headers);
        CommitResult result = commit(reason(headers, null), headers, List.of(new Change(key, expected, body)));
        boolean nothingToRemove = body == null
                && result instanceof CommitResult.Stale stale
                && stale.current().isEmpty();
        if (nothingToRemove) { // RFC 9110 §13.2.1: what would be a 404 without the precondition is one with it
            throw Refusal.notFound("id", "document " + key, "it may be removed already; correct its id otherwise");
        }
        return Answers.of(result);
    }

    Response many(@Nullable String reason, HttpHeaders headers, List<Change> changes) {
        changes.forEach(change -> requireWritable(change.key().kind()));
        return Answers.of(commit(reason(headers, reason), headers, changes));
    }

    private CommitResult commit(String reason, HttpHeaders headers, List<Change> changes) {
        String correlationId = headers.getHeaderString("X-Correlation-ID");
        String kept = correlationId != null && correlationId.matches("[A-Za-z0-9-]{1,64}") ? correlationId : null;
        CommitResult result = registry.commit(new Changeset("local", reason, kept, changes));
        feed.look(); // so that it is on its way to the gateways, and whoever got the answer reads what was written
        return result;
    }

    private static void requireWritable(Kind kind) {
        if (kind == Kind.SIGNING_KEYS) {
            throw Refusal.of(
                    422,
                    "not-writable",
                    "Not written by people",
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
                    428,
                    "precondition-required",
                    "Precondition required",
                    new Problem(
                            "If-Match",
                            "is missing",
                            "send the ETag of the document you read, or If-None-Match: * to create it"));
        }
        String version = match.replace("\"", "");
        if (!version.matches("[0-9]{1,18}")) {
            throw Refusal.badRequest(
                    "If-Match", "is not an ETag of this API", "send the ETag of the document you read");
        }
        return Long.parseLong(version);
    }
}
