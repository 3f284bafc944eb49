package io.gatewright.server.keys;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.registry.Change;
import io.gatewright.registry.Changeset;
import io.gatewright.registry.CommitResult;
import io.gatewright.registry.KeyFetch;
import io.gatewright.registry.KeyFetchTable;
import io.gatewright.registry.Registry;
import io.gatewright.registry.RegistryException;
import io.gatewright.settings.Body.Issuer;
import io.gatewright.settings.Body.SigningKeys;
import io.gatewright.settings.BodyFormat;
import io.gatewright.settings.Document;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import io.gatewright.settings.SettingsChange;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the signing keys of all issuers in the registry: a changed key set is a revision by {@code system:jwks}. Of all replicas
 * one asks an issuer at a time. An issuer that cannot be reached keeps the keys it has, and is asked again sooner.
 * Thread-safe; each issuer is asked by its own task.
 */
public final class SigningKeyJob implements AutoCloseable {
    /** How soon an issuer is asked again that failed, at the latest. */
    public static final Duration RETRY = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(SigningKeyJob.class);
    private static final String ACTOR = "system:jwks";
    private static final int AT_ONCE = 16;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final Registry registry;
    private final KeyFetchTable fetches;
    private final Supplier<Settings> settings;
    private final SigningKeyFetcher fetcher;
    private final Times times;
    private final Clock clock;
    private final ExecutorService tasks;
    private final Semaphore places = new Semaphore(AT_ONCE);
    private final Map<String, String> failures = new ConcurrentHashMap<>();

    /**
     * How often, and for how long.
     *
     * @param interval how often an issuer is asked
     * @param grace how long a key is kept that its issuer no longer publishes
     */
    public record Times(Duration interval, Duration grace) {
        Duration retry() {
            return interval.compareTo(RETRY) < 0 ? interval : RETRY;
        }
    }

    public SigningKeyJob(
            Registry registry,
            KeyFetchTable fetches,
            Supplier<Settings> settings,
            Vertx vertx,
            AllowedAddresses allowed,
            Times times,
            Clock clock,
            ExecutorService tasks) {
        this.registry = registry;
        this.fetches = fetches;
        this.settings = settings;
        this.fetcher = new SigningKeyFetcher(new GuardedGet(vertx, allowed, TIMEOUT));
        this.times = times;
        this.clock = clock;
        this.tasks = tasks;
    }

    /** Asks the issuers whose turn it is. While the database is away they wait: what they say could not be written. */
    public void askDue() {
        Settings now = settings.get();
        try {
            fetches.claim(versions(now, now.ids(Kind.ISSUER)), times.interval(), times.retry())
                    .forEach(this::ask);
        } catch (RegistryException e) {
            LOG.debug("issuers wait: {}", e.getMessage());
        }
    }

    /** Asks the issuers that a change brought or moved, and forgets those that it took. */
    public void onChange(SettingsChange change) {
        Set<String> ids = change.changed().stream()
                .filter(key -> key.kind() == Kind.ISSUER)
                .map(DocumentKey::id)
                .collect(Collectors.toSet());
        if (!ids.isEmpty()) {
            tasks.execute(() -> changed(change.current(), ids));
        }
    }

    /**
     * Asks one issuer now and waits for what comes of it, unless some replica has done so within {@link #RETRY}.
     *
     * @return whether it was asked
     * @throws RegistryException when the database cannot be used
     */
    public boolean askNow(String id) throws InterruptedException {
        boolean claimed = fetches.claim(versions(settings.get(), Set.of(id)), RETRY, RETRY)
                .contains(id);
        if (claimed) {
            refresh(id);
        }
        return claimed;
    }

    /** When each issuer was asked last, by any replica, and what came of it. */
    public List<KeyFetch> fetches() {
        return fetches.all();
    }

    /** The issuers whose keys this replica could not fetch the last time, with the reason. */
    public Map<String, String> failures() {
        return Map.copyOf(failures);
    }

    /** Stops asking; tasks that run are interrupted. */
    @Override
    public void close() {
        tasks.shutdownNow();
    }

    private void changed(Settings now, Set<String> ids) {
        try {
            fetches.keepOnly(now.ids(Kind.ISSUER));
            fetches.claim(versions(now, ids), times.interval(), times.retry()).forEach(this::ask);
            for (String id : ids) {
                if (!now.ids(Kind.ISSUER).contains(id)) {
                    failures.remove(id);
                    forget(now.get(new DocumentKey(Kind.SIGNING_KEYS, id)));
                }
            }
        } catch (RegistryException e) {
            LOG.warn("keys of changed issuers wait: {}", e.getMessage());
        }
    }

    private static Map<String, Long> versions(Settings now, Set<String> ids) {
        return ids.stream()
                .map(id -> now.get(new DocumentKey(Kind.ISSUER, id)))
                .filter(document -> document != null && document.body() != null)
                .collect(Collectors.toMap(document -> document.key().id(), Document::version));
    }

    private void ask(String id) {
        tasks.execute(() -> {
            try {
                places.acquire();
                try {
                    refresh(id);
                } finally {
                    places.release();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                LOG.warn("issuer={} keeps the keys it has", id, e);
            }
        });
    }

    private void refresh(String id) throws InterruptedException {
        Settings now = settings.get();
        Issuer issuer = now.body(Issuer.class, Kind.ISSUER, id);
        if (issuer == null) {
            return;
        }
        Document present = now.get(new DocumentKey(Kind.SIGNING_KEYS, id));
        SigningKeys known = present != null && present.body() instanceof SigningKeys keys ? keys : null;
        List<JsonNode> published;
        try {
            published = fetcher.fetch(issuer);
        } catch (IOException e) {
            failed(id, String.valueOf(e.getMessage()));
            if (known != null) {
                write(id, present, KeySet.kept(known, clock.instant()), "withdrawn keys have left");
            }
            return;
        }
        SigningKeys fetched = KeySet.merged(issuer, known, published, clock.instant(), times.grace());
        if (write(id, present, fetched, reason(known, fetched))) {
            failures.remove(id);
            fetches.succeeded(id);
        } else {
            failed(id, "the registry did not take its keys");
        }
    }

    private void failed(String id, String failure) {
        if (!failure.equals(failures.put(id, failure))) {
            LOG.warn("issuer={} keeps the keys it has: {}", id, failure);
        }
        fetches.failed(id, failure);
    }

    /** Only over what was read before, so that an answer that comes late does not replace a later one. */
    private boolean write(String id, @Nullable Document present, SigningKeys keys, String reason) {
        JsonNode body = BodyFormat.write(keys);
        JsonNode before = present == null || present.body() == null ? null : BodyFormat.write(present.body());
        long version = present == null || before == null ? 0 : present.version();
        return Objects.equals(before, body)
                || commit(new Change(new DocumentKey(Kind.SIGNING_KEYS, id), version, body), reason);
    }

    private void forget(@Nullable Document keys) {
        if (keys != null && keys.body() != null) {
            commit(new Change(keys.key(), keys.version(), null), "the issuer was removed");
        }
    }

    private boolean commit(Change change, String reason) {
        CommitResult result = registry.commit(new Changeset(ACTOR, reason, null, List.of(change)));
        boolean written = result instanceof CommitResult.Committed || result instanceof CommitResult.Unchanged;
        LOG.info("keys of issuer={} written={}: {}", change.key().id(), written, written ? reason : result);
        return written;
    }

    private static String reason(@Nullable SigningKeys known, SigningKeys now) {
        Set<String> before = ids(known);
        Set<String> after = ids(now);
        List<String> parts = new ArrayList<>();
        String came = joined(after, before);
        String gone = joined(before, after);
        String leaving = joined(
                now.leaving().keySet(),
                known == null ? Set.of() : known.leaving().keySet());
        if (!came.isEmpty()) {
            parts.add("new " + came);
        }
        if (!leaving.isEmpty()) {
            parts.add("no longer published " + leaving);
        }
        if (!gone.isEmpty()) {
            parts.add("gone " + gone);
        }
        return "the issuer's keys changed" + (parts.isEmpty() ? "" : ": " + String.join("; ", parts));
    }

    private static Set<String> ids(@Nullable SigningKeys keys) {
        return keys == null
                ? Set.of()
                : keys.keys().stream().map(key -> key.path("kid").asText()).collect(Collectors.toSet());
    }

    private static String joined(Set<String> ids, Set<String> without) {
        return ids.stream()
                .filter(id -> !without.contains(id))
                .sorted()
                .limit(8)
                .map(id -> id.replaceAll("[^\\x21-\\x7e]", "?"))
                .map(id -> id.substring(0, Math.min(id.length(), 64)))
                .collect(Collectors.joining(", "));
    }
}
