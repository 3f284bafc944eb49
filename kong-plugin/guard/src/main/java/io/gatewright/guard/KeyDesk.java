package io.gatewright.guard;

import io.gatewright.guard.store.IdempotencyStore;
import io.gatewright.guard.store.KeyState;
import io.gatewright.guard.store.ScopedKey;
import io.gatewright.guard.store.StoreUnavailable;
import io.gatewright.registry.Registry;
import java.util.Optional;

/** What an operator asks about a key, and how an unknown outcome is settled. Thread-safe. */
public final class KeyDesk {
    private final IdempotencyStore store;
    private final Pepper pepper;

    public KeyDesk(IdempotencyStore store, Pepper pepper) {
        this.store = store;
        this.pepper = pepper;
    }

    /**
     * Whose key it is.
     *
     * @param actor the user's id, empty for callers without a token
     * @param route its name, empty when only the module's prefix matches
     * @param key as the client sends it, without quotes
     */
    public record Whose(String tenant, String actor, String module, String route, String key) {}

    /** What is known of it; nothing when nobody remembers it. */
    public Optional<KeyState> show(Whose whose) throws StoreUnavailable {
        Optional<ScopedKey> kept = kept(whose);
        return kept.isEmpty() ? Optional.empty() : store.find(kept.get());
    }

    /** Says that it has not run: the next attempt will. Returns false when its outcome is not unknown. */
    public boolean release(Whose whose, String reason) throws StoreUnavailable {
        Optional<ScopedKey> kept = kept(whose);
        return kept.isPresent() && store.settle(kept.get(), 0, "", reason);
    }

    /**
     * Says that it has run. Retries get 409 {@code replay-unavailable} with this status and place, for the answer itself is not known.
     *
     * @param status 100 to 599
     * @param location of what it made, or empty
     */
    public boolean reconcile(Whose whose, int status, String location, String reason) throws StoreUnavailable {
        Optional<ScopedKey> kept = kept(whose);
        return kept.isPresent() && store.settle(kept.get(), status, location, reason);
    }

    /** Either of both, to be done together with what tells of it. A status of 0 says that it has not run. */
    public Registry.Deed settlement(Whose whose, int status, String location, String reason) throws StoreUnavailable {
        Optional<ScopedKey> kept = kept(whose);
        return kept.isEmpty()
                ? transaction -> false
                : IdempotencyStore.settlement(kept.get(), status, location, reason);
    }

    private Optional<ScopedKey> kept(Whose whose) throws StoreUnavailable {
        Caller caller = new Caller(whose.tenant(), "", whose.actor(), whose.module(), whose.route(), "", "");
        for (ScopedKey key : pepper.scope(caller, new IdempotencyKey(whose.key()))) {
            if (store.find(key).isPresent()) {
                return Optional.of(key);
            }
        }
        return Optional.empty();
    }
}
