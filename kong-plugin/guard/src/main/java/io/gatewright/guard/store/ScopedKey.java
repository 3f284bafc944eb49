package io.gatewright.guard.store;

import io.gatewright.guard.http.Octets;

/**
 * Which key of whom on which route, without the key itself. Immutable.
 *
 * @param tenant its id
 * @param hash 32 octets, HMAC-SHA-256 over tenant, actor, route and key
 */
public record ScopedKey(String tenant, Octets hash) {
    public ScopedKey {
        if (hash.size() != 32) {
            throw new IllegalArgumentException("A scoped key's hash has 32 octets, not " + hash.size());
        }
    }

    @Override
    public String toString() {
        return tenant + "/" + hash;
    }
}
