package io.gatewright.kong;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What turns one bundle into another, by entity; the beacon, which always differs, is left out. Immutable.
 *
 * @param creating type and name of each, as in {@code plugins rate-limiting/consumer=acme-de}, sorted; so are the others
 */
public record BundleDifference(List<String> creating, List<String> updating, List<String> deleting) {

    public static BundleDifference between(Bundle before, Bundle after) {
        Map<String, Entity> old = byName(before);
        Map<String, Entity> now = byName(after);
        return new BundleDifference(
                now.keySet().stream().filter(name -> !old.containsKey(name)).toList(),
                now.entrySet().stream()
                        .filter(entry -> differs(old.get(entry.getKey()), entry.getValue()))
                        .map(Map.Entry::getKey)
                        .toList(),
                old.keySet().stream().filter(name -> !now.containsKey(name)).toList());
    }

    /** How many there are. */
    public int size() {
        return creating.size() + updating.size() + deleting.size();
    }

    private static boolean differs(@Nullable Entity old, Entity now) {
        return old != null
                && !(old.fields().equals(now.fields()) && old.provenance().equals(now.provenance()));
    }

    private static Map<String, Entity> byName(Bundle bundle) {
        Map<String, Entity> byName = new TreeMap<>();
        bundle.all()
                .filter(entity -> !entity.name().endsWith(Names.BEACON))
                .forEach(entity -> byName.put(entity.type().list() + " " + entity.name(), entity));
        return byName;
    }
}
