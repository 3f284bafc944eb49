package io.gatewright.server.keys;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.settings.Body.Issuer;
import io.gatewright.settings.Body.SigningKeys;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What becomes of the known keys when an issuer was asked. Pure functions. */
final class KeySet {
    private static final int MAX_KEYS = 64; // as the document may hold

    private KeySet() {}

    /**
     * What the issuer publishes now, and for a while longer what it no longer does: tokens that were signed before a rotation
     * are still under way.
     *
     * @param known null: none so far; those of another issuer's URL get no grace
     */
    static SigningKeys merged(
            Issuer issuer, @Nullable SigningKeys known, List<JsonNode> published, Instant now, Duration grace) {
        TreeMap<String, JsonNode> keys = new TreeMap<>();
        published.forEach(key -> keys.put(id(key), key));
        SortedMap<String, Instant> leaving = new TreeMap<>();
        if (known != null && issuer.issuer().equals(known.source())) {
            for (JsonNode key : known.keys()) {
                Instant until = known.leaving().getOrDefault(id(key), now.plus(grace));
                if (until.isAfter(now) && keys.size() < MAX_KEYS && keys.putIfAbsent(id(key), key) == null) {
                    leaving.put(id(key), until);
                }
            }
        }
        return new SigningKeys(List.copyOf(keys.values()), issuer.issuer(), Collections.unmodifiableSortedMap(leaving));
    }

    /** The known ones when the issuer could not be asked: those that it published last stay, those that leave do so in time. */
    static SigningKeys kept(SigningKeys known, Instant now) {
        SortedMap<String, Instant> leaving = new TreeMap<>(known.leaving());
        leaving.values().removeIf(until -> !until.isAfter(now));
        List<JsonNode> keys = known.keys().stream()
                .filter(key -> !known.leaving().containsKey(id(key)) || leaving.containsKey(id(key)))
                .toList();
        return new SigningKeys(keys, known.source(), Collections.unmodifiableSortedMap(leaving));
    }

    private static String id(JsonNode key) {
        return key.path("kid").asText();
    }
}
