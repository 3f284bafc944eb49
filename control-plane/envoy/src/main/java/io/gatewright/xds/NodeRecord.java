package io.gatewright.xds;

import io.envoyproxy.envoy.config.core.v3.Node;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of one node from stream to stream: what it refuses, what it must not be trusted about, and what it accepted
 * lately. What it has accepted in all is not stored; that is everything which is neither here nor pending. Thread-safe; its
 * monitor is the last in the lock order.
 */
final class NodeRecord {
    static final int RECENT_ACKS = 10_000;
    static final int MOST_REPORTED = 100;

    /** What was accepted when; the version is empty for a removal. */
    record Ack(String version, long revision, Instant at) {}

    private final String id;
    private final Clock clock;
    private final Set<AdsStream> streams = new CopyOnWriteArraySet<>();
    private final Map<ResourceKey, Rejection> rejections = new HashMap<>();
    private final Map<ResourceKey, Suspicion> suspicions = new HashMap<>();
    /** What it refuses and is offered once more all the same. */
    private final Set<ResourceKey> offeredAgain = new HashSet<>();

    private final LinkedHashMap<ResourceKey, Ack> acks = new LinkedHashMap<>();
    private final List<Drift> reported = new ArrayList<>();
    /** The sets that a state-of-the-world client may come back with: what it accepted last, and what was sent it since. */
    private final Map<ResourceType, List<WholeSet>> held = new EnumMap<>(ResourceType.class);

    private final List<Acceptance> acceptedLately = new ArrayList<>();
    private boolean newsReported;
    private Instant since;
    private String cluster = "";
    private String buildVersion = "";

    NodeRecord(String id, Clock clock) {
        this.id = id;
        this.clock = clock;
        this.since = clock.instant();
    }

    String id() {
        return id;
    }

    Set<AdsStream> streams() {
        return streams;
    }

    synchronized void opened(AdsStream stream, Node node) {
        if (streams.isEmpty()) {
            since = clock.instant();
        }
        streams.add(stream);
        cluster = NackText.oneLine(node.getCluster());
        String version = switch (node.getUserAgentVersionTypeCase()) {
            case USER_AGENT_VERSION -> node.getUserAgentVersion();
            case USER_AGENT_BUILD_VERSION -> {
                var semantic = node.getUserAgentBuildVersion().getVersion();
                yield semantic.getMajorNumber() + "." + semantic.getMinorNumber() + "." + semantic.getPatch();
            }
            case USERAGENTVERSIONTYPE_NOT_SET -> "";
        };
        buildVersion = NackText.oneLine(node.getUserAgentName() + "/" + version);
    }

    synchronized void closed(AdsStream stream) {
        if (streams.remove(stream) && streams.isEmpty()) {
            since = clock.instant();
        }
    }

    synchronized Instant since() {
        return since;
    }

    /** Returns those members that were refused before, in another version. */
    synchronized List<String> accepted(Batch batch) {
        Instant now = clock.instant();
        List<String> refusedBefore = new ArrayList<>();
        batch.members().forEach((name, member) -> {
            ResourceKey key = batch.key(name);
            if (forget(key)) {
                refusedBefore.add(name);
            }
            suspicions.remove(key);
            Ack before = acks.putLast(key, new Ack(member.version(), member.revision(), now));
            boolean knownToHaveIt = before != null && before.version().equals(member.version());
            if (!member.isRemoval() && !knownToHaveIt) {
                acceptedLately.add(new Acceptance(id, key, member.version(), member.revision(), now));
            }
        });
        while (acks.size() > RECENT_ACKS) {
            acks.pollFirstEntry();
        }
        return refusedBefore;
    }

    synchronized Rejection rejected(ResourceKey key, Batch.Member member, String reason) {
        Ack good = acks.get(key);
        String lastGood = good == null || good.version().isEmpty() ? null : good.version();
        Rejection before = rejections.get(key);
        Instant now = clock.instant();
        Instant first = before != null && before.version().equals(member.version()) ? before.since() : now;
        Rejection rejection = new Rejection(id, key, member.version(), member.revision(), reason, first, now, lastGood);
        rejections.put(key, rejection);
        offeredAgain.remove(key);
        return rejection;
    }

    synchronized @Nullable Rejection rejection(ResourceKey key) {
        return rejections.get(key);
    }

    /** Whether the node refuses just this content, so that it must not be sent again. */
    synchronized boolean refuses(ResourceKey key, String version) {
        Rejection rejection = rejections.get(key);
        return rejection != null && rejection.version().equals(version) && !offeredAgain.contains(key);
    }

    /** Lets something that it refuses be sent once more; scopes each alone and salted. */
    synchronized void offerAgain(ResourceKey key) {
        if (rejections.containsKey(key)) {
            offeredAgain.add(key);
            if (key.type() == ResourceType.SCOPED_ROUTE) {
                suspicions.put(key, Suspicion.REFUSED);
            }
        }
    }

    synchronized List<Rejection> rejections() {
        return List.copyOf(rejections.values());
    }

    /** The client asks for it again, so it gets it again. */
    synchronized void forgive(ResourceKey key) {
        forget(key);
    }

    private boolean forget(ResourceKey key) {
        offeredAgain.remove(key);
        return rejections.remove(key) != null;
    }

    /** Drops what is no longer the question, because the content changed while nobody was there to be sent it. */
    synchronized void forgiveUnless(ResourceType type, Predicate<Rejection> current) {
        rejections.values().removeIf(rejection -> rejection.key().type() == type && !current.test(rejection));
        offeredAgain.retainAll(rejections.keySet());
    }

    /** A node without anything of a type is a new process: what the old one refused is tried again, scopes each alone. */
    synchronized void startsEmpty(ResourceType type) {
        rejections.keySet().removeIf(key -> {
            boolean ofType = key.type() == type;
            if (ofType && type == ResourceType.SCOPED_ROUTE) {
                suspicions.put(key, Suspicion.REFUSED);
            }
            return ofType;
        });
        offeredAgain.retainAll(rejections.keySet());
    }

    /**
     * It came back and reports another version than it is served. If the one it is served is what it accepted last, it has
     * drifted.
     *
     * @param served empty if it should not have it
     * @param has null if it does not have it
     */
    synchronized void cameBackWith(ResourceKey key, String served, @Nullable String has) {
        Ack last = acks.get(key);
        if (last != null && last.version().equals(served) && reported.size() < MOST_REPORTED) {
            String found = has == null ? "came back without it" : "came back with another content";
            reported.add(new Drift(Drift.Kind.REPORTED, id, key, found));
            newsReported = true;
        }
    }

    synchronized List<Drift> reported() {
        return List.copyOf(reported);
    }

    synchronized void forgetReported(Drift drift) {
        reported.remove(drift);
    }

    /** Whether something was reported since the last time. */
    synchronized boolean takeNews() {
        boolean news = newsReported;
        newsReported = false;
        return news;
    }

    /** What it has accepted since the last time. */
    synchronized List<Acceptance> takeAccepted() {
        List<Acceptance> accepted = List.copyOf(acceptedLately);
        acceptedLately.clear();
        return accepted;
    }

    /** Whose acknowledgements are remembered. */
    synchronized List<ResourceKey> acknowledged() {
        return List.copyOf(acks.keySet());
    }

    synchronized List<WholeSet> held(ResourceType type) {
        return held.getOrDefault(type, List.of());
    }

    synchronized void holds(ResourceType type, WholeSet... candidates) {
        held.put(type, List.of(candidates));
    }

    Instant now() {
        return clock.instant();
    }

    synchronized void suspect(ResourceKey key, Suspicion suspicion) {
        Suspicion present = suspicions.get(key);
        if (present == null || !present.refused()) {
            suspicions.put(key, suspicion);
        }
    }

    synchronized void trust(ResourceKey key) {
        suspicions.remove(key);
    }

    synchronized @Nullable Suspicion suspicion(ResourceKey key) {
        return suspicions.get(key);
    }

    synchronized List<ResourceKey> suspects(ResourceType type) {
        return suspicions.keySet().stream().filter(key -> key.type() == type).toList();
    }

    synchronized @Nullable Ack ack(ResourceKey key) {
        return acks.get(key);
    }

    /** Takes the locks of the node's streams: call it with none. */
    NodeStatus status(ResourceKey key, XdsCache cache) {
        NodeStatus.State state = streams.stream()
                .map(stream -> stream.progress(key))
                .reduce(NodeRecord::leastDone)
                .orElse(NodeStatus.State.UNKNOWN);
        Resource wanted = cache.get(key);
        String version = wanted == null ? "" : wanted.version();
        synchronized (this) {
            boolean connected = !streams.isEmpty();
            Rejection rejection = rejections.get(key);
            Ack ack = acks.get(key);
            if (rejection != null && rejection.version().equals(version) && isSettled(state)) {
                state = NodeStatus.State.REJECTED;
            } else {
                rejection = null;
                if (state == NodeStatus.State.UNKNOWN && ack != null && Objects.equals(ack.version(), version)) {
                    state = NodeStatus.State.ACKNOWLEDGED;
                }
            }
            return new NodeStatus(
                    id, connected, state, rejection, ack == null ? null : ack.version(), ack == null ? null : ack.at());
        }
    }

    /** Takes the locks of the node's streams: call it with none. */
    NodeView view() {
        Map<ResourceType, NodeView.Counts> types = new HashMap<>();
        streams.forEach(stream -> types.putAll(stream.counts()));
        synchronized (this) {
            return new NodeView(
                    id,
                    cluster,
                    buildVersion,
                    !streams.isEmpty(),
                    since,
                    streams.size(),
                    Map.copyOf(types),
                    List.copyOf(rejections.values()));
        }
    }

    private static boolean isSettled(NodeStatus.State state) {
        return state == NodeStatus.State.ACKNOWLEDGED || state == NodeStatus.State.UNKNOWN;
    }

    /** Of two streams of a node, the one that is behind counts; one that has not asked does not. */
    private static NodeStatus.State leastDone(NodeStatus.State a, NodeStatus.State b) {
        if (a == NodeStatus.State.UNSUBSCRIBED) {
            return b;
        }
        return b == NodeStatus.State.UNSUBSCRIBED || a.compareTo(b) <= 0 ? a : b;
    }
}
