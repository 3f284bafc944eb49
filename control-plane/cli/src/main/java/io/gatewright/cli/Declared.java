package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A document that a file declares. Immutable as long as nobody changes the body.
 *
 * @param place where, for messages: file, number of the document in it, line
 * @param body null, as JSON, when the document shall not be there
 */
record Declared(String place, String kind, String id, JsonNode body) {
    /** As the registry names it: {@code tenant/acme-de}. */
    String name() {
        return kind + "/" + id;
    }
}
