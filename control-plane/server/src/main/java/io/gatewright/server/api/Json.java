package io.gatewright.server.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.settings.Problem;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Reads request bodies: bounded, strict, no field twice. */
final class Json {
    static final int MAX_BYTES = 1_048_576;

    /** The most bytes of a change set, which holds up to {@value io.gatewright.registry.Changeset#MAX_CHANGES} documents. */
    static final int MAX_CHANGESET_BYTES = 16 * MAX_BYTES;

    private static final ObjectMapper MAPPER = new ObjectMapper(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(32)
                            .maxStringLength(65_536)
                            .maxNumberLength(40)
                            .build())
                    .build())
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private Json() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** @throws Refusal 413 when the body is too large, 400 when it is not JSON */
    static JsonNode read(InputStream body) {
        return read(body, MAX_BYTES);
    }

    /** The same with another bound. */
    static JsonNode read(InputStream body, int maxBytes) {
        try {
            byte[] bytes = body.readNBytes(maxBytes + 1);
            if (bytes.length > maxBytes) {
                throw Refusal.of(
                        ProblemType.BODY_TOO_LARGE,
                        new Problem("body", "has more than " + maxBytes + " bytes", "send it in several change sets"));
            }
            JsonNode json = MAPPER.readTree(bytes);
            if (json.isMissingNode()) {
                throw Refusal.badRequest("body", "is empty", "send the document as JSON");
            }
            return json;
        } catch (JsonProcessingException e) {
            String reason = e.getOriginalMessage().lines().findFirst().orElse("unreadable");
            throw Refusal.badRequest("body", "is not JSON" + place(e.getLocation()), "correct it: " + reason);
        } catch (IOException e) {
            throw Refusal.badRequest("body", "did not arrive whole", "send it again");
        }
    }

    /** Unknown when the body is beyond a bound: nested too deep, a text too long. */
    private static String place(@Nullable JsonLocation location) {
        return location == null
                ? " that is accepted"
                : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
    }
}
