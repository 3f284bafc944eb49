package io.gatewright.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.settings.Body;
import io.gatewright.settings.BodyFormat;
import io.gatewright.settings.Document;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What to do with a stored document that this version cannot read, because a newer one wrote it. */
enum WhenUnreadable {
    /** Who writes must know everything: an exception. */
    REFUSE,
    /** Who follows keeps what it has of that document and goes on: one log line. */
    SKIP;

    private static final Logger LOG = LoggerFactory.getLogger(WhenUnreadable.class);

    /** The document, removed when {@code text} is null; null when it cannot be read and is skipped. */
    @Nullable
    Document document(String kind, String id, long version, @Nullable String text) {
        Optional<Kind> known = Kind.of(kind);
        if (known.isEmpty()) {
            return unreadable(kind + "/" + id, version, "of an unknown kind");
        }
        DocumentKey key = new DocumentKey(known.get(), id);
        return text == null ? new Document(key, version, null) : document(key, version, Json.stored(text));
    }

    @Nullable
    Document document(DocumentKey key, long version, JsonNode json) {
        List<Problem> problems = new ArrayList<>();
        Body body = BodyFormat.read(key, json, problems);
        if (body != null) {
            return new Document(key, version, body);
        }
        return unreadable(
                key.toString(),
                version,
                problems.getFirst().field() + " " + problems.getFirst().message());
    }

    private @Nullable Document unreadable(String document, long version, String problem) {
        if (this == REFUSE) {
            throw new RegistryException("The registry holds " + document + " at version " + version
                    + " in a form that this version does not know (" + problem + "): run a newer version");
        }
        LOG.error("event=document_unreadable document={} version={} problem=\"{}\"", document, version, problem);
        return null;
    }
}
