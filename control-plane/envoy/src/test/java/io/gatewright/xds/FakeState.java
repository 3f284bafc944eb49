package io.gatewright.xds;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a {@link FakeEnvoy} holds, from stream to stream, and the mistakes that a real Envoy 1.40 makes with scopes.
 *
 * <p>A scope is stored before the response is proved, so when a later member is bad it is stored but not live, and the same bytes
 * sent again are acknowledged and skipped; and removals are carried out even if the response is rejected, while the removed scope
 * is still reported on reconnect. Of clusters and listeners it goes on with the good ones of a response that it rejects. A cluster
 * that changes warms until it hears of its endpoints.
 */
final class FakeState {
    /** The types that a resource of the same name makes it ask for. */
    private static final Map<ResourceType, List<ResourceType>> FOLLOWERS = Map.of(
            ResourceType.CLUSTER, List.of(ResourceType.ENDPOINT, ResourceType.SECRET),
            ResourceType.LISTENER, List.of(ResourceType.ROUTE, ResourceType.EXTENSION_CONFIG));

    /** What it holds of one type. */
    static final class Holding {
        final Map<String, String> versions = new HashMap<>();
        final Map<String, ByteString> stored = new HashMap<>();
        final Map<String, ByteString> live = new HashMap<>();
        final Set<String> names = new LinkedHashSet<>();
        /** Of the last response it accepted. */
        String version = "";

        private void drop(String name) {
            stored.remove(name);
            live.remove(name);
        }
    }

    private final Map<ResourceType, Holding> holdings = new EnumMap<>(ResourceType.class);
    final Set<String> warming = new LinkedHashSet<>();

    FakeState() {
        for (ResourceType type : ResourceType.values()) {
            holdings.put(type, new Holding());
        }
    }

    Holding of(ResourceType type) {
        Holding held = holdings.get(type);
        if (held == null) {
            throw new IllegalStateException("nothing held of " + type);
        }
        return held;
    }

    static List<ResourceType> followers(ResourceType type) {
        return FOLLOWERS.getOrDefault(type, List.of());
    }

    /** The names of a type that what it has makes it need. */
    Set<String> needed(ResourceType type) {
        return FOLLOWERS.entrySet().stream()
                .filter(each -> each.getValue().contains(type))
                .flatMap(each -> of(each.getKey()).live.keySet().stream())
                .collect(Collectors.toSet());
    }

    /** What a whole set does not name is to be removed. */
    DeltaDiscoveryResponse withRemovals(DeltaDiscoveryResponse wholeSet, ResourceType type) {
        Set<String> gone = new TreeSet<>(of(type).stored.keySet());
        gone.addAll(of(type).live.keySet());
        wholeSet.getResourcesList().forEach(resource -> gone.remove(resource.getName()));
        return wholeSet.toBuilder().addAllRemovedResources(gone).build();
    }

    /** Takes a response in; returns why it is rejected. */
    Optional<String> take(DeltaDiscoveryResponse response) {
        ResourceType type = ResourceType.forTypeUrl(response.getTypeUrl()).orElseThrow();
        Optional<String> error = apply(response, type, of(type));
        if (error.isEmpty()) {
            of(type).version = response.getSystemVersionInfo();
        }
        return error;
    }

    void forget(ResourceType type, String name) {
        of(type).drop(name);
        of(type).versions.remove(name);
    }

    private Optional<String> apply(DeltaDiscoveryResponse response, ResourceType type, Holding held) {
        boolean faulty = type == ResourceType.SCOPED_ROUTE;
        boolean goesOn = type == ResourceType.CLUSTER || type == ResourceType.LISTENER;
        Map<String, ByteString> applied = new HashMap<>();
        List<String> bad = new ArrayList<>();
        if (faulty || goesOn) {
            response.getRemovedResourcesList().forEach(held::drop);
        }
        for (var resource : response.getResourcesList()) {
            ByteString packed = resource.getResource().toByteString();
            if (!type.collection() && !held.names.contains(resource.getName())) {
                continue;
            }
            if (Samples.content(type, packed).startsWith("bad")) {
                bad.add(resource.getName());
                if (!goesOn) {
                    break;
                }
                continue;
            }
            boolean same = faulty && packed.equals(held.stored.put(resource.getName(), packed));
            if (!same) {
                applied.put(resource.getName(), packed);
            }
        }
        if (bad.isEmpty() || goesOn) {
            goLive(type, held, applied);
        }
        if (!bad.isEmpty()) {
            return Optional.of("no good: " + String.join(", ", bad) + "\nname: \"a secret\"");
        }
        response.getRemovedResourcesList().forEach(name -> forget(type, name));
        response.getResourcesList().stream()
                .filter(resource -> type.collection() || held.names.contains(resource.getName()))
                .forEach(resource -> held.versions.put(resource.getName(), resource.getVersion()));
        return Optional.empty();
    }

    private void goLive(ResourceType type, Holding held, Map<String, ByteString> applied) {
        applied.forEach((name, packed) -> {
            boolean changed = !packed.equals(held.live.put(name, packed));
            if (type == ResourceType.CLUSTER && changed) {
                warming.add(name);
            }
        });
        if (type == ResourceType.ENDPOINT) {
            warming.removeAll(applied.keySet());
        }
        warming.retainAll(of(ResourceType.CLUSTER).live.keySet());
    }
}
