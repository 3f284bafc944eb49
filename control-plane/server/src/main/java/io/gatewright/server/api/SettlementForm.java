package io.gatewright.server.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.registry.StorableText;
import io.gatewright.settings.Problem;
import java.util.ArrayList;
import java.util.List;

/**
 * What somebody found out about a request of which nobody knew how it ended. Immutable.
 *
 * @param status that it was answered with, 100 to 599, or 0 when it has not run
 * @param location of what it made, or empty
 */
record SettlementForm(int status, String location, String reason) {
    private static final int LONGEST_LOCATION_BYTES = 2_000;

    /** @throws Refusal with all that is wrong */
    static SettlementForm ofRelease(JsonNode json) {
        List<Problem> problems = new ArrayList<>();
        String reason = reason(json, List.of("reason"), problems);
        return new SettlementForm(0, "", required(reason, problems));
    }

    /** @throws Refusal with all that is wrong */
    static SettlementForm ofReconcile(JsonNode json) {
        List<Problem> problems = new ArrayList<>();
        String reason = reason(json, List.of("status", "location", "reason"), problems);
        JsonNode status = json.path("status");
        if (!status.isInt() || status.intValue() < 100 || status.intValue() > 599) {
            problems.add(new Problem("status", "is not from 100 to 599", "say what the module answered then"));
        }
        String location = json.path("location").asText();
        if (json.has("location")
                && (!json.get("location").isTextual()
                        || location.getBytes(UTF_8).length > LONGEST_LOCATION_BYTES
                        || !StorableText.is(location)
                        || location.chars().anyMatch(Character::isISOControl))) {
            problems.add(new Problem(
                    "location",
                    "is not text of at most " + LONGEST_LOCATION_BYTES + " bytes without control characters",
                    "say where what it made is, or leave it out"));
        }
        return new SettlementForm(status.asInt(), location, required(reason, problems));
    }

    private static String reason(JsonNode json, List<String> fields, List<Problem> problems) {
        if (!json.isObject()) {
            problems.add(new Problem("body", "is not an object", "send {\"reason\": …}"));
        }
        ChangesetsResource.requireKnown(json, "", fields, problems);
        return InterventionForm.reason(json, problems);
    }

    private static String required(String reason, List<Problem> problems) {
        if (!problems.isEmpty()) {
            throw Refusal.invalid(problems);
        }
        return reason;
    }
}
