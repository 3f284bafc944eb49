package io.gatewright.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.events.Lane;
import io.gatewright.registry.StorableText;
import io.gatewright.settings.Problem;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which parked key is meant, and why something is done with it. Immutable.
 *
 * @param tenant empty for events without one
 * @param partition null when the others say enough
 */
record InterventionForm(String key, String tenant, @Nullable Integer partition, String reason) {
    private static final List<String> FIELDS = List.of("key", "tenant", "partition", "reason");
    private static final int PARTITIONS = 64;
    private static final int LONGEST_REASON = 2_000;

    /** @throws Refusal with all that is wrong */
    static InterventionForm read(JsonNode json) {
        List<Problem> problems = new ArrayList<>();
        if (!json.isObject()) {
            problems.add(new Problem("body", "is not an object", "send {\"key\": …, \"reason\": …}"));
        }
        ChangesetsResource.requireKnown(json, "", FIELDS, problems);
        if (!json.path("key").isTextual()) {
            problems.add(new Problem("key", "is not text", "name the key as it stands among the parked ones"));
        }
        if (json.has("tenant") && !json.get("tenant").isTextual()) {
            problems.add(new Problem("tenant", "is not text", "name the tenant, or leave it out"));
        }
        JsonNode partition = json.path("partition");
        if (!partition.isMissingNode()
                && (!partition.isInt() || partition.intValue() < 0 || partition.intValue() >= PARTITIONS)) {
            problems.add(
                    new Problem("partition", "is not from 0 to " + (PARTITIONS - 1), "leave it out, or correct it"));
        }
        String reason = reason(json, problems);
        if (!problems.isEmpty()) {
            throw Refusal.invalid(problems);
        }
        return new InterventionForm(
                json.path("key").asText(),
                json.path("tenant").asText(),
                partition.isMissingNode() ? null : partition.intValue(),
                reason);
    }

    /** Why an operator does something. */
    static String reason(JsonNode json, List<Problem> problems) {
        String reason = json.path("reason").asText();
        if (!json.path("reason").isTextual()
                || reason.isBlank()
                || reason.length() > LONGEST_REASON
                || !StorableText.is(reason)) {
            problems.add(new Problem(
                    "reason",
                    "is missing, has more than " + LONGEST_REASON + " characters, or one that cannot be stored",
                    "say in a sentence why"));
        }
        return reason;
    }

    boolean matches(Lane lane) {
        return lane.key().equals(key)
                && lane.tenant().equals(tenant)
                && (partition == null || partition == lane.partition());
    }
}
