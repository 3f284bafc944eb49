package io.gatewright.registry;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.events.CloudEvent;

/** The event {@code settings.revision.committed.v1} of a revision. Stateless. */
final class RevisionEvent {
    static final String TYPE = "settings.revision.committed.v1";

    private static final String SOURCE = "/registry";
    private static final String KEY = "settings";
    private static final int MOST_CHANGES = 200;

    // What an event may have in all is 64 KiB; a character takes up to six bytes of it, as a JSON escape.
    private static final int LONGEST_TEXT = 2_000;
    private static final int LONGEST_CORRELATION = 128; // what the envelope's schema allows
    private static final int MOST_CHANGE_CHARS = 10_000;

    private RevisionEvent() {}

    /** Its id is the revision's hash: two histories that went apart in a restore never have one event between them. */
    static CloudEvent of(Revision revision) {
        RevisionHeader header = revision.header();
        ObjectNode data = Json.object()
                .put("revision", header.number())
                .put("committedAt", header.at().toString())
                .put("actor", cut(header.actor()))
                .put("reason", cut(header.reason()))
                .put("hash", header.hash())
                .put("changeCount", revision.changes().size());
        ArrayNode changes = data.putArray("changes");
        int chars = 0;
        for (DocumentChange change : revision.changes()) {
            chars += change.key().id().length();
            if (changes.size() == MOST_CHANGES || (chars > MOST_CHANGE_CHARS && !changes.isEmpty())) {
                break;
            }
            changes.addObject()
                    .put("kind", change.key().kind().wireName())
                    .put("id", change.key().id())
                    .put("change", what(change));
        }
        CloudEvent.Builder event =
                CloudEvent.of(TYPE, SOURCE).id(header.hash()).key(KEY).data(data);
        String correlation = header.correlationId();
        if (correlation != null && correlation.length() <= LONGEST_CORRELATION && CloudEvent.isAttribute(correlation)) {
            event.with("correlationid", correlation);
        }
        return event.build();
    }

    private static String what(DocumentChange change) {
        if (change.newBody() == null) {
            return "removed";
        }
        return change.oldBody() == null ? "created" : "replaced";
    }

    private static String cut(String text) {
        if (text.length() <= LONGEST_TEXT) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(LONGEST_TEXT - 1)) ? LONGEST_TEXT - 1 : LONGEST_TEXT;
        return text.substring(0, end);
    }
}
