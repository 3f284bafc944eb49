package io.gatewright.xds;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedSet;

/** Takes pending names and makes responses of them, in the sizes that suit each type. Guarded by the stream's lock. */
final class BatchBuilder {
    /** Scopes per response: the cost to Envoy of one response grows with all scopes, that of one giant response with its memory. */
    static final int SCOPES = 500;

    private static final int SCOPE_BYTES = 4 << 20;

    private final ResourceType type;
    private final XdsCache cache;
    private final NodeRecord node;
    private final Salt salt;

    BatchBuilder(ResourceType type, XdsCache cache, NodeRecord node, Salt salt) {
        this.type = type;
        this.cache = cache;
        this.node = node;
        this.salt = salt;
    }

    /** Takes as many additions as go into one response. */
    Batch additions(SequencedSet<String> pending) {
        long attempt = salt.nextAttempt();
        long bytes = 0;
        Map<String, Batch.Member> members = new LinkedHashMap<>();
        for (Iterator<String> names = pending.iterator(); names.hasNext() && members.size() < maxAdditions(); ) {
            String name = names.next();
            Resource wanted = present(name);
            bytes += wanted.packed().size();
            if (type == ResourceType.SCOPED_ROUTE && bytes > SCOPE_BYTES && !members.isEmpty()) {
                break;
            }
            names.remove();
            members.put(name, member(wanted, node.suspicion(wanted.key()) != null, attempt));
        }
        return new Batch(type, members);
    }

    /** Takes as many removals as go into one response. */
    Batch removals(SequencedSet<String> pending) {
        int limit = type == ResourceType.SCOPED_ROUTE ? SCOPES : Integer.MAX_VALUE;
        Map<String, Batch.Member> members = new LinkedHashMap<>();
        while (!pending.isEmpty() && members.size() < limit) {
            members.put(pending.removeFirst(), Batch.Member.removal(cache.revision()));
        }
        return new Batch(type, members);
    }

    /** Takes one name, and salts it. */
    Batch retry(SequencedSet<String> pending) {
        String name = pending.removeFirst();
        Resource wanted = cache.get(new ResourceKey(type, name));
        Batch.Member member =
                wanted == null ? Batch.Member.removal(cache.revision()) : member(wanted, true, salt.nextAttempt());
        return new Batch(type, Map.of(name, member));
    }

    private int maxAdditions() {
        return switch (type) {
            case SCOPED_ROUTE -> SCOPES;
            // Alone, because a client may stop at the first bad one and not say which it was.
            case EXTENSION_CONFIG, SECRET -> 1;
            // Whole, because Envoy ends its start-up phases at the first response.
            case CLUSTER, ENDPOINT, LISTENER, ROUTE -> Integer.MAX_VALUE;
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
