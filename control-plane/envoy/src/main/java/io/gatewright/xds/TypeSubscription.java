package io.gatewright.xds;

import io.gatewright.xds.PendingNames.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one stream wants of one type, what it still has to be told, and the one response under way. Guarded by the stream's lock.
 *
 * <p>What the client has is not stored: it is the cache, less the names pending here. A name is pending as an addition or a
 * removal according to the cache at the time it was marked; the cache marks it again when that changes. Scopes that were in a
 * rejected response are pending as retries: each goes alone, and with different bytes ({@link Salt}).
 */
final class TypeSubscription {
    private final ResourceType type;
    private final XdsCache cache;
    private final NodeRecord node;
    private final BatchBuilder builder;
    private final Set<String> explicit = new HashSet<>();
    private final PendingNames pending = new PendingNames();
    private boolean wildcard;
    private boolean emptyAnswerDue;
    private boolean retriedLast;
    private @Nullable Batch inFlight;
    private Instant sentAt = Instant.EPOCH;

    TypeSubscription(ResourceType type, XdsCache cache, NodeRecord node, Salt salt) {
        this.type = type;
        this.cache = cache;
        this.node = node;
        this.builder = new BatchBuilder(type, cache, node, salt);
    }

    /** The first message for this type on the stream. */
    void start(List<String> names, Map<String, String> known) {
        wildcard = names.isEmpty() && type.collection();
        names.forEach(this::include);
        if (known.isEmpty()) {
            node.startsEmpty(type);
        }
        node.forgiveUnless(type, rejection -> rejection.version().equals(version(cache.get(rejection.key()))));
        if (wildcard) {
            cache.forEach(type, wanted -> compare(wanted, known));
        }
        for (String name : explicit) {
            Resource wanted = cache.get(key(name));
            if (wanted == null) {
                mark(name);
            } else if (!wildcard) {
                compare(wanted, known);
            }
        }
        known.forEach((name, reported) -> {
            if (cache.get(key(name)) == null) {
                node.cameBackWith(key(name), "", reported);
                mark(name);
            }
        });
        node.suspects(type).forEach(key -> markIfAbsent(key.name()));
        emptyAnswerDue = wildcard && known.isEmpty() && isIdle();
    }

    void subscribe(Collection<String> names) {
        for (String name : names) {
            include(name);
            if (name.equals("*")) {
                cache.forEach(type, wanted -> mark(wanted.name()));
                emptyAnswerDue = isIdle();
            } else {
                node.forgive(key(name));
                mark(name);
            }
        }
    }

    void unsubscribe(Collection<String> names) {
        for (String name : names) {
            if (name.equals("*")) {
                wildcard = false;
                pending.retain(this::covers);
            } else if (explicit.remove(name)) {
                // The client forgets the resource; if the wildcard still covers it, it must hear of it again.
                mark(name);
            }
        }
    }

    /** Notes that the cache may hold something else under this name than the client does. */
    void mark(String name) {
        Resource wanted = cache.get(key(name));
        Suspicion suspicion = node.suspicion(key(name));
        if (!covers(name) || node.refuses(key(name), version(wanted))) {
            pending.remove(name);
        } else if (pending.of(Kind.RETRY).contains(name) || (suspicion != null && suspicion.refused())) {
            pending.put(Kind.RETRY, name);
        } else {
            pending.put(wanted == null ? Kind.REMOVAL : Kind.ADDITION, name);
        }
    }

    /** The next response, or null if there is none, or none that may go now. */
    @Nullable
    Batch next(boolean additionsAllowed, boolean removalsAllowed) {
        if (inFlight != null) {
            return null;
        }
        if (removalsAllowed && pending.has(Kind.REMOVAL)) {
            return builder.removals(pending.of(Kind.REMOVAL));
        }
        if (!additionsAllowed) {
            return null;
        }
        boolean retry = pending.has(Kind.RETRY) && !(retriedLast && pending.has(Kind.ADDITION));
        retriedLast = retry;
        if (retry) {
            return builder.retry(pending.of(Kind.RETRY));
        }
        return pending.has(Kind.ADDITION) || emptyAnswerDue ? builder.additions(pending.of(Kind.ADDITION)) : null;
    }

    void sent(Batch batch) {
        inFlight = batch;
        sentAt = node.now();
        emptyAnswerDue = false;
    }

    void acknowledged() {
        Batch accepted = inFlight;
        inFlight = null;
        if (accepted != null) {
            // A content that came meanwhile may have been held back as refused before; now it counts as new.
            for (String name : node.accepted(accepted)) {
                if (!accepted.member(name).version().equals(version(cache.get(key(name))))) {
                    mark(name);
                }
            }
        }
    }

    /** Returns what is now quarantined: nothing if the members are tried again one by one. */
    List<Rejection> rejected(String error) {
        Batch refused = inFlight;
        inFlight = null;
        if (refused == null) {
            return List.of();
        }
        Set<String> members = refused.members().keySet();
        if (type == ResourceType.SCOPED_ROUTE && members.size() > 1) {
            members.forEach(name -> node.suspect(key(name), Suspicion.REFUSED));
            members.forEach(this::mark);
            return List.of();
        }
        List<Rejection> rejections = new ArrayList<>();
        for (String name : guilty(members, error)) {
            Batch.Member member = refused.member(name);
            if (type == ResourceType.SCOPED_ROUTE && member.isRemoval()) {
                node.suspect(key(name), Suspicion.REFUSED);
            }
            rejections.add(node.rejected(key(name), member, NackText.reason(error)));
            // The content may have changed meanwhile, even back to one that was refused before this one.
            mark(name);
        }
        return rejections;
    }

    /** The stream is gone, or another of the same node opens: the answer to the response under way may never be seen. */
    void lost() {
        if (inFlight == null || type != ResourceType.SCOPED_ROUTE) {
            return;
        }
        boolean alone = inFlight.members().size() == 1;
        inFlight.members().forEach((name, member) -> {
            if (member.isRemoval()) {
                node.suspect(key(name), Suspicion.REFUSED);
            } else if (!alone) {
                node.suspect(key(name), Suspicion.lost(member.version()));
            }
        });
    }

    boolean isIdle() {
        return inFlight == null && pending.size() == 0 && !emptyAnswerDue;
    }

    boolean isAwaitingAnswer() {
        return inFlight != null;
    }

    boolean isAwaitingAnswerSince(Instant time) {
        return inFlight != null && sentAt.isBefore(time);
    }

    /** The names that wait or are under way. */
    List<String> outstanding() {
        List<String> names =
                new ArrayList<>(inFlight == null ? Set.of() : inFlight.members().keySet());
        for (Kind kind : Kind.values()) {
            names.addAll(pending.of(kind));
        }
        return names;
    }

    /** Sends it again, a scope salted, whatever the client is thought to have. */
    void resend(String name) {
        if (type == ResourceType.SCOPED_ROUTE) {
            node.suspect(key(name), Suspicion.lost(version(cache.get(key(name)))));
        }
        mark(name);
    }

    /** Whether an addition waits or is not yet answered. */
    boolean bringsAdditions() {
        return pending.has(Kind.ADDITION) || (inFlight != null && inFlight.hasAdditions());
    }

    boolean isWildcard() {
        return wildcard;
    }

    boolean isExplicit(String name) {
        return explicit.contains(name);
    }

    NodeStatus.State progress(String name) {
        if (!covers(name)) {
            return NodeStatus.State.UNSUBSCRIBED;
        }
        if (pending.contains(name)) {
            return NodeStatus.State.PENDING;
        }
        return inFlight != null && inFlight.members().containsKey(name)
                ? NodeStatus.State.SENT
                : NodeStatus.State.ACKNOWLEDGED;
    }

    NodeView.Counts counts() {
        int wanted = wildcard ? cache.size(type) : explicit.size();
        int underWay = inFlight == null ? 0 : inFlight.members().size();
        int toCome = pending.size() - pending.of(Kind.REMOVAL).size() + (bringsAdditions() ? underWay : 0);
        int rejected = (int) node.rejections().stream()
                .map(Rejection::key)
                .filter(key -> key.type() == type && progress(key.name()) == NodeStatus.State.ACKNOWLEDGED)
                .count();
        return new NodeView.Counts(Math.max(0, wanted - toCome - rejected), pending.size() + underWay, rejected);
    }

    private void include(String name) {
        if (name.equals("*")) {
            wildcard = true;
        } else {
            explicit.add(name);
        }
    }

    /**
     * Marks a resource unless the client has it. A scope that differs when a client comes back is salted: the stream may have
     * ended, here or at another replica, between a rejection and its cure.
     */
    private void compare(Resource wanted, Map<String, String> known) {
        String reported = known.get(wanted.name());
        Suspicion suspicion = node.suspicion(wanted.key());
        if (suspicion != null && suspicion.clearedBy(reported)) {
            node.trust(wanted.key());
            suspicion = null;
        }
        if (suspicion == null && wanted.version().equals(reported)) {
            return;
        }
        if (suspicion == null && !known.isEmpty()) {
            node.cameBackWith(wanted.key(), wanted.version(), reported);
        }
        if (type == ResourceType.SCOPED_ROUTE && !known.isEmpty()) {
            node.suspect(wanted.key(), Suspicion.lost(wanted.version()));
        }
        mark(wanted.name());
    }

    private void markIfAbsent(String name) {
        if (cache.get(key(name)) == null) {
            mark(name);
        }
    }

    /** Those whom the error names; all if it names none, as then we cannot know. */
    private static Collection<String> guilty(Set<String> members, String error) {
        return Stream.of(NackText.reason(error), error)
                .map(text -> members.stream()
                        .filter(name -> NackText.mentions(text, name))
                        .toList())
                .filter(named -> !named.isEmpty())
                .findFirst()
                .orElseGet(() -> List.copyOf(members));
    }

    private static String version(@Nullable Resource wanted) {
        return wanted == null ? "" : wanted.version();
    }

    private boolean covers(String name) {
        return wildcard || explicit.contains(name);
    }

    private ResourceKey key(String name) {
        return new ResourceKey(type, name);
    }
}
