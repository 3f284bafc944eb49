package io.gatewright.cli;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.EOFException;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads what the registry holds, one document after another. Stateless. */
final class RegistryExport {
    private RegistryExport() {}

    /**
     * All documents but signing keys, by kind and id, each {@code {kind, id, version, body}}.
     *
     * @param at a revision or a time; null: now
     * @return the revision
     */
    static long read(Api api, @Nullable String at, Consumer<JsonNode> document) {
        return api.stream("/v1/export" + Api.query("at", at), parser -> read(parser, document));
    }

    private static long read(JsonParser parser, Consumer<JsonNode> document) throws IOException {
        long revision = 0;
        parser.nextToken();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (name.equals("revision")) {
                revision = parser.getLongValue();
            } else if (name.equals("documents") && value == JsonToken.START_ARRAY) {
                while (parser.nextToken() == JsonToken.START_OBJECT) {
                    document.accept(parser.readValueAsTree());
                }
            } else {
                parser.skipChildren();
            }
        }
        if (parser.currentToken() != JsonToken.END_OBJECT) {
            throw new EOFException("the export has no end");
        }
        return revision;
    }
}
