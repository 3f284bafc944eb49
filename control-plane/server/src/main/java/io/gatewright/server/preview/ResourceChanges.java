package io.gatewright.server.preview;

import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import io.gatewright.envoy.EnvoyTranslator;
import io.gatewright.envoy.ResourceJson;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import io.gatewright.xds.Resource;
import io.gatewright.xds.ResourceKey;
import io.gatewright.xds.ResourceType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The exact difference of what Envoys are served. Every resource that differs is counted; the contents of the first ones
 * are kept for their diff, of the others only the size. One thread at a time.
 */
final class ResourceChanges {
    private static final int CONTEXT_LINES = 2;
    private static final int MOST_LINES = 400;

    private final Settings before;
    private final Settings after;
    private final Warnings warnings;
    private final int most;
    private final Map<ResourceKey, Sides> sides = new LinkedHashMap<>();
    private boolean originsDiffer;

    /** A resource before and after; the content only of those that are shown. */
    private static final class Sides {
        private final boolean shown;
        private int bytesBefore;
        private int bytesAfter;
        private String versionBefore = "";
        private String versionAfter = "";
        private @Nullable Resource before;
        private @Nullable Resource after;

        private Sides(boolean shown) {
            this.shown = shown;
        }
    }

    ResourceChanges(Settings before, Settings after, Warnings warnings, int most) {
        this.before = before;
        this.after = after;
        this.warnings = warnings;
        this.most = most;
    }

    /** What no single tenant owns. */
    void shared() {
        compare(EnvoyTranslator.shared(before), EnvoyTranslator.shared(after));
        sides.keySet().stream()
                .filter(key -> key.type() == ResourceType.LISTENER && before.revision() > 0)
                .forEach(key -> warnings.drains(key.name()));
    }

    /** A tenant that the change touches, once. */
    void tenant(String id) {
        try {
            compare(EnvoyTranslator.tenant(before, id), EnvoyTranslator.tenant(after, id));
        } catch (RuntimeException e) {
            warnings.notTranslated(id, String.valueOf(e.getMessage()));
        }
        originsDiffer =
                originsDiffer || !EnvoyTranslator.origins(before, id).equals(EnvoyTranslator.origins(after, id));
    }

    /** The scope of all origins, once all tenants were looked at. */
    void origins() {
        if (originsDiffer) {
            compare(
                    List.of(EnvoyTranslator.noTenant(allOrigins(before))),
                    List.of(EnvoyTranslator.noTenant(allOrigins(after))));
        }
    }

    private static SortedSet<String> allOrigins(Settings settings) {
        SortedSet<String> origins = new TreeSet<>();
        settings.ids(Kind.TENANT).forEach(tenant -> origins.addAll(EnvoyTranslator.origins(settings, tenant)));
        return origins;
    }

    private void compare(Collection<Resource> old, Collection<Resource> now) {
        Map<ResourceKey, Resource> gone = new HashMap<>();
        old.forEach(resource -> gone.put(resource.key(), resource));
        for (Resource resource : now) {
            Resource same = gone.remove(resource.key());
            if (same == null || !same.version().equals(resource.version())) {
                put(resource.key(), same, resource);
            }
        }
        gone.forEach((key, resource) -> put(key, resource, null));
    }

    /** A host that moves from one tenant to another is taken from one and given to the other. */
    private void put(ResourceKey key, @Nullable Resource old, @Nullable Resource now) {
        Sides found = sides.computeIfAbsent(key, k -> new Sides(sides.size() < most));
        if (old != null) {
            found.bytesBefore = old.packed().size();
            found.versionBefore = old.version();
            found.before = found.shown ? old : null;
        }
        if (now != null) {
            found.bytesAfter = now.packed().size();
            found.versionAfter = now.version();
            found.after = found.shown ? now : null;
        }
    }

    /** How many differ. */
    int size() {
        return Math.toIntExact(sides.values().stream()
                .filter(found -> !found.versionBefore.equals(found.versionAfter))
                .count());
    }

    /** Those that are shown. */
    List<ResourceChange> shown() {
        List<ResourceChange> changes = new ArrayList<>();
        sides.forEach((key, found) -> {
            if (found.shown && !found.versionBefore.equals(found.versionAfter)) {
                changes.add(new ResourceChange(
                        key, found.bytesBefore, found.bytesAfter, difference(found.before, found.after)));
            }
        });
        return List.copyOf(changes);
    }

    private static List<String> difference(@Nullable Resource before, @Nullable Resource after) {
        List<String> old = lines(before);
        List<String> unified = UnifiedDiffUtils.generateUnifiedDiff(
                "before", "after", old, DiffUtils.diff(old, lines(after)), CONTEXT_LINES);
        List<String> difference = unified.stream().skip(2).toList(); // the names of the files
        return difference.size() <= MOST_LINES
                ? difference
                : Stream.concat(
                                difference.stream().limit(MOST_LINES),
                                Stream.of("… " + (difference.size() - MOST_LINES) + " more lines"))
                        .toList();
    }

    private static List<String> lines(@Nullable Resource resource) {
        return resource == null
                ? List.of()
                : ResourceJson.print(resource).lines().toList();
    }
}
