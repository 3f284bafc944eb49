package io.gatewright.xds;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedSet;

/** Takes pending names and makes responses of them, in the sizes that suit each type. Guarded by the stream's lock. */
final class BatchBuilder {
    /** Scopes per response, so that a change of one tenant need not wait for long behind that of many. */
    static final int SCOPES = 500;

    /** With names and versions less than the 4 MiB that gRPC clients take unless they are told otherwise; Envoy takes any size. */
    private static final int SCOPE_BYTES = 3 << 20;

    private final ResourceType type;
    private final XdsCache cache;
    private final NodeRecord node;
    private final Salt salt;
    /** Not where each response carries everything anyway. */
    private final boolean chunked;

    BatchBuilder(ResourceType type, XdsCache cache, NodeRecord node, Salt salt, boolean whole) {
        this.type = type;
        this.cache = cache;
        this.node = node;
        this.salt = salt;
        this.chunked = type == ResourceType.SCOPED_ROUTE && !whole;
    }

    /** Takes as many additions as go into one response, of scopes at most this many. */
    Batch additions(SequencedSet<String> pending, int scopes) {
        long attempt = salt.nextAttempt();
        long bytes = 0;
        int most = maxAdditions(scopes);
        Map<String, Batch.Member> members = new LinkedHashMap<>();
        for (Iterator<String> names = pending.iterator(); names.hasNext() && members.size() < most; ) {
            String name = names.next();
            Resource wanted = present(name);
            bytes += wanted.packed().size();
            if (chunked && bytes > SCOPE_BYTES && !members.isEmpty()) {
                break;
            }
            names.remove();
            members.put(name, member(wanted, node.suspicion(wanted.key()) != null, attempt));
        }
        return new Batch(type, members);
    }

    /** Takes as many removals as go into one response. */
    Batch removals(SequencedSet<String> pending) {
        int limit = chunked ? SCOPES : Integer.MAX_VALUE;
        Map<String, Batch.Member> members = new LinkedHashMap<>();
        while (!pending.isEmpty() && members.size() < limit) {
            members.put(pending.removeFirst(), Batch.Member.removal(cache.revision()));
        }
        return new Batch(type, members);
    }

    /** Takes at most this many names, and salts them. */
    Batch retry(SequencedSet<String> pending, int limit) {
        long attempt = salt.nextAttempt();
        Map<String, Batch.Member> members = new LinkedHashMap<>();
        while (!pending.isEmpty() && members.size() < limit) {
            String name = pending.removeFirst();
            members.put(name, member(name, true, attempt));
        }
        return new Batch(type, members);
    }

    /** Takes everything. */
    Batch all(PendingNames pending) {
        long attempt = salt.nextAttempt();
        Map<String, Batch.Member> members = new LinkedHashMap<>();
        for (PendingNames.Kind kind : PendingNames.Kind.values()) {
            for (String name : pending.of(kind)) {
                members.put(name, member(name, node.suspicion(new ResourceKey(type, name)) != null, attempt));
            }
            pending.of(kind).clear();
        }
        return new Batch(type, members);
    }

    private Batch.Member member(String name, boolean salted, long attempt) {
        Resource wanted = cache.get(new ResourceKey(type, name));
        return wanted == null ? Batch.Member.removal(cache.revision()) : member(wanted, salted, attempt);
    }

    private int maxAdditions(int scopes) {
        return switch (type) {
            case SCOPED_ROUTE -> chunked ? scopes : Integer.MAX_VALUE;
            // Alone, because a client may stop at the first bad one and not say which it was.
            case EXTENSION_CONFIG, SECRET -> 1;
            // Whole, because Envoy ends its start-up phases at the first response.
            case CLUSTER, ENDPOINT, LISTENER, ROUTE, RATE_LIMIT_CONFIG -> Integer.MAX_VALUE;
        };
    }

    private Batch.Member member(Resource wanted, boolean salted, long attempt) {
        return new Batch.Member(
                wanted.version(),
                cache.revision(wanted.key()),
                salted && type == ResourceType.SCOPED_ROUTE ? Salt.salted(wanted, attempt) : wanted.packed());
    }

    private Resource present(String name) {
        Resource wanted = cache.get(new ResourceKey(type, name));
        if (wanted == null) {
            throw new IllegalStateException(
                    "Resource %s/%s was to be sent but is gone unnoticed".formatted(type, name));
        }
        return wanted;
    }
}
