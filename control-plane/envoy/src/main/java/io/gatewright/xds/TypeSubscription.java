package io.gatewright.xds;

import io.gatewright.xds.PendingNames.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one stream wants of one type, what it still has to be told, and the one response under way. Guarded by the stream's lock.
 *
 * <p>What the client has is not stored: it is the cache, less the names pending here. A name is pending as an addition or a
 * removal according to the cache at the time it was marked; the cache marks it again when that changes. Scopes that were in a
 * rejected response are pending as retries: each goes alone, and with different bytes ({@link Salt}).
 *
 * <p>In the state-of-the-world variant the same is chosen for each response, and what the client has is said beside it; so what
 * it has of a collection is stored there. Of the other types it can only be told what there is: a removal sends nothing.
 */
final class TypeSubscription {
    private final ResourceType type;
    private final XdsCache cache;
    private final NodeRecord node;
    private final BatchBuilder builder;
    private final boolean stateOfTheWorld;
    /** Whether a response must carry all of the client's resources. */
    private final boolean whole;

    private final WantedNames names = new WantedNames();
    private final PendingNames pending = new PendingNames();
    private final FirstLoad load = new FirstLoad();
    private boolean emptyAnswerDue;
    private boolean retriedLast;
    private boolean opened;
    private int retriesAtOnce;
    private WholeSet held = WholeSet.EMPTY;
    private @Nullable Batch inFlight;
    private Instant sentAt = Instant.EPOCH;

    TypeSubscription(ResourceType type, XdsCache cache, NodeRecord node, Salt salt, boolean stateOfTheWorld) {
        this.type = type;
        this.cache = cache;
        this.node = node;
        this.stateOfTheWorld = stateOfTheWorld;
        this.whole = stateOfTheWorld && type.collection();
        this.builder = new BatchBuilder(type, cache, node, salt, whole);
        this.retriesAtOnce = whole ? Integer.MAX_VALUE : 1;
    }

    /** The first message for this type on the stream. */
    void start(List<String> wanted, Known client) {
        Map<String, String> known = client.versions();
        names.start(wanted, type.collection());
        held = client.held();
        if (!client.returning()) {
            load.begin();
            node.startsEmpty(type);
        }
        node.forgiveUnless(type, rejection -> rejection.version().equals(version(cache.get(rejection.key()))));
        if (names.isWildcard()) {
            cache.forEach(type, resource -> compare(resource, client));
        }
        for (String name : names.explicit()) {
            Resource resource = cache.get(key(name));
            if (resource == null) {
                mark(name);
            } else if (!names.isWildcard()) {
                compare(resource, client);
            }
        }
        known.forEach((name, reported) -> {
            if (cache.get(key(name)) == null) {
                node.cameBackWith(key(name), "", reported);
                mark(name);
            }
        });
        node.suspects(type).forEach(key -> markIfAbsent(key.name()));
        emptyAnswerDue = names.isWildcard() && known.isEmpty() && isIdle();
    }

    void subscribe(Collection<String> added) {
        for (String name : added) {
            names.add(name);
            if (name.equals("*")) {
                cache.forEach(type, wanted -> mark(wanted.name()));
                emptyAnswerDue = isIdle();
            } else {
                node.forgive(key(name));
                mark(name);
            }
        }
    }

    void unsubscribe(Collection<String> dropped) {
        for (String name : dropped) {
            if (name.equals("*")) {
                names.remove(name);
                pending.retain(names::covers);
            } else if (names.remove(name)) {
                // The client forgets the resource; if the wildcard still covers it, it must hear of it again.
                mark(name);
            }
        }
    }

    /** All that it wants now; without names what it wanted before, if it has never given any. */
    void wants(List<String> all) {
        subscribe(names.replace(all));
        pending.retain(names::covers);
        held = held.retain(names::covers);
    }

    /** Notes that the cache may hold something else under this name than the client does. */
    void mark(String name) {
        Resource wanted = cache.get(key(name));
        Suspicion suspicion = node.suspicion(key(name));
        boolean unspeakable = wanted == null && stateOfTheWorld && !whole;
        if (unspeakable) {
            pending.remove(name);
            node.forgive(key(name));
        } else if (!names.covers(name) || node.refuses(key(name), version(wanted))) {
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
        if (whole && !opened) {
            // A part would take away the rest.
            return additionsAllowed && (pending.size() > 0 || emptyAnswerDue) ? builder.all(pending) : null;
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
            return builder.retry(pending.of(Kind.RETRY), retriesAtOnce);
        }
        return pending.has(Kind.ADDITION) || emptyAnswerDue
                ? builder.additions(pending.of(Kind.ADDITION), load.atOnce())
                : null;
    }

    /** The response with what the client must be told again in it. */
    Batch complete(Batch chosen) {
        return whole ? chosen.beside(held) : chosen;
    }

    void sent(Batch batch) {
        inFlight = batch;
        opened = true;
        if (whole) {
            node.holds(type, held, held.with(batch));
        }
        sentAt = node.now();
        emptyAnswerDue = false;
    }

    void acknowledged() {
        Batch accepted = inFlight;
        inFlight = null;
        if (accepted != null) {
            load.accepted(accepted.size(), pending.has(Kind.ADDITION));
            if (whole) {
                retriesAtOnce = Integer.MAX_VALUE;
                node.holds(type, held.with(accepted));
                held = held.with(accepted).retain(names::covers);
            }
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
        load.end();
        Set<String> members = refused.members().keySet();
        Blame blame = Blame.of(members, error);
        if (type == ResourceType.SCOPED_ROUTE) {
            if (members.size() > 1 && (blame.named().isEmpty() || !whole)) {
                retriesAtOnce = whole ? members.size() / 2 : 1;
                members.forEach(name -> node.suspect(key(name), Suspicion.REFUSED));
                members.forEach(this::mark);
                return List.of();
            }
        }
        blame.others().forEach(name -> node.suspect(key(name), doubt()));
        List<Rejection> rejections = new ArrayList<>();
        for (String name : blame.named().isEmpty() ? members : blame.named()) {
            Batch.Member member = refused.member(name);
            if (member.isRemoval()) {
                node.suspect(key(name), doubt());
            }
            rejections.add(node.rejected(key(name), member, NackText.reason(error)));
            // The content may have changed meanwhile, even back to one that was refused before this one.
            mark(name);
        }
        blame.others().forEach(this::mark);
        return rejections;
    }

    /** The stream is gone, or another of the same node opens: the answer to the response under way may never be seen. */
    void lost() {
        if (type == ResourceType.ENDPOINT) {
            // Its cluster may warm, and wait for endpoints that the client already has.
            outstanding().forEach(name -> node.suspect(key(name), Suspicion.DOUBT));
            return;
        }
        if (inFlight == null) {
            return;
        }
        boolean alone = inFlight.members().size() == 1;
        inFlight.members().forEach((name, member) -> {
            if (member.isRemoval()) {
                node.suspect(key(name), doubt());
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
        return names.isWildcard();
    }

    boolean isExplicit(String name) {
        return names.explicit().contains(name);
    }

    NodeStatus.State progress(String name) {
        if (!names.covers(name)) {
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
        int wanted = names.isWildcard() ? cache.size(type) : names.explicit().size();
        int underWay = inFlight == null ? 0 : inFlight.members().size();
        int toCome = pending.size() - pending.of(Kind.REMOVAL).size() + (bringsAdditions() ? underWay : 0);
        int rejected = (int) node.rejections().stream()
                .map(Rejection::key)
                .filter(key -> key.type() == type && progress(key.name()) == NodeStatus.State.ACKNOWLEDGED)
                .count();
        return new NodeView.Counts(Math.max(0, wanted - toCome - rejected), pending.size() + underWay, rejected);
    }

    /**
     * Marks a resource unless the client has it. A scope that differs when a client comes back is salted: the stream may have
     * ended, here or at another replica, between a rejection and its cure.
     */
    private void compare(Resource wanted, Known client) {
        String reported = client.versions().get(wanted.name());
        Suspicion suspicion = node.suspicion(wanted.key());
        if (suspicion != null && suspicion.clearedBy(reported)) {
            node.trust(wanted.key());
            suspicion = null;
        }
        if (suspicion == null && wanted.version().equals(reported)) {
            return;
        }
        if (suspicion == null && !client.versions().isEmpty()) {
            node.cameBackWith(wanted.key(), wanted.version(), reported);
        }
        if (type == ResourceType.SCOPED_ROUTE && client.returning()) {
            node.suspect(wanted.key(), Suspicion.lost(wanted.version()));
        }
        mark(wanted.name());
    }

    private void markIfAbsent(String name) {
        if (cache.get(key(name)) == null) {
            mark(name);
        }
    }

    private Suspicion doubt() {
        return type == ResourceType.SCOPED_ROUTE ? Suspicion.REFUSED : Suspicion.DOUBT;
    }

    private static String version(@Nullable Resource wanted) {
        return wanted == null ? "" : wanted.version();
    }

    private ResourceKey key(String name) {
        return new ResourceKey(type, name);
    }
}
