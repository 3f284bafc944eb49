package io.gatewright.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.registry.Change;
import io.gatewright.server.preview.Sample;
import io.gatewright.settings.Problem;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a preview is asked for. Immutable.
 *
 * @param changes as of a change set; empty when a rollback is looked at
 * @param rollback the revision to go back to, or null
 * @param limit how much of each kind is listed
 */
record PreviewForm(List<Change> changes, @Nullable Long rollback, List<Sample> samples, int limit) {
    private static final List<String> FIELDS = List.of("changes", "rollback", "requests", "limit", "reason");
    private static final int MOST_SAMPLES = 20;
    private static final int LIMIT = 50;
    private static final int MOST_LISTED = 500;

    /** @throws Refusal 422 that names every field that is wrong */
    static PreviewForm read(JsonNode json) {
        List<Problem> problems = new ArrayList<>();
        ChangesetsResource.requireKnown(json, "", FIELDS, problems);
        List<Change> changes = changes(json.path("changes"), problems);
        Long rollback = json.has("rollback") ? number(json, "rollback", 0, Long.MAX_VALUE, problems) : null;
        if (json.has("changes") == json.has("rollback")) {
            problems.add(new Problem(
                    "changes", "and rollback: one of them is needed", "send {\"changes\": […]} or {\"rollback\": N}"));
        }
        int limit = json.has("limit") ? Math.toIntExact(number(json, "limit", 1, MOST_LISTED, problems)) : LIMIT;
        List<Sample> samples = samples(json.path("requests"), problems);
        if (!problems.isEmpty()) {
            throw Refusal.invalid(problems);
        }
        return new PreviewForm(changes, rollback, samples, limit);
    }

    private static List<Change> changes(JsonNode list, List<Problem> problems) {
        if (!list.isArray() && !list.isMissingNode()) {
            problems.add(new Problem("changes", "is not a list", "send {\"changes\": [{kind, id, body}]}"));
        }
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            ChangesetsResource.read(list.get(i), "changes[" + i + "]", problems).ifPresent(changes::add);
        }
        changes.forEach(change -> Commits.requireWritable(change.key().kind()));
        if (list.isArray() && list.isEmpty()) {
            problems.add(new Problem("changes", "is empty", "name at least one document to write or remove"));
        }
        return changes;
    }

    private static long number(JsonNode json, String name, long least, long most, List<Problem> problems) {
        JsonNode value = json.path(name);
        if (!value.canConvertToExactIntegral()
                || !value.canConvertToLong()
                || value.longValue() < least
                || value.longValue() > most) {
            String range = most == Long.MAX_VALUE ? least + " or more" : least + " to " + most;
            problems.add(new Problem(name, "is not a whole number in range", "write " + range));
            return least;
        }
        return value.longValue();
    }

    private static List<Sample> samples(JsonNode list, List<Problem> problems) {
        if (!list.isMissingNode() && (!list.isArray() || list.size() > MOST_SAMPLES)) {
            problems.add(new Problem(
                    "requests", "is not a list of at most " + MOST_SAMPLES, "send [{\"method\": …, \"url\": …}]"));
            return List.of();
        }
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            samples.add(new SampleForm(list.get(i), "requests[" + i + "]", problems).read());
        }
        return samples;
    }
}
