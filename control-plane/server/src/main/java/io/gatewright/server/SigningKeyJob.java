package io.gatewright.server;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.registry.Change;
import io.gatewright.registry.Changeset;
import io.gatewright.registry.CommitResult;
import io.gatewright.registry.Registry;
import io.gatewright.settings.Body.Issuer;
import io.gatewright.settings.BodyFormat;
import io.gatewright.settings.Document;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Problem;
import io.gatewright.settings.Settings;
import io.gatewright.settings.SettingsChange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the signing keys of all issuers in the registry: a changed key set is a revision by {@code system:jwks}. An issuer
 * that cannot be reached keeps the keys it has. Thread-safe; each issuer is asked by its own task.
 */
public final class SigningKeyJob implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SigningKeyJob.class);
    private static final String ACTOR = "system:jwks";

    private final Registry registry;
    private final Supplier<Settings> settings;
    private final ExecutorService tasks;
    private final SigningKeyFetcher fetcher = new SigningKeyFetcher();
    private final Map<String, String> failures = new ConcurrentHashMap<>();

    public SigningKeyJob(Registry registry, Supplier<Settings> settings, ExecutorService tasks) {
        this.registry = registry;
        this.settings = settings;
        this.tasks = tasks;
    }

    /** Asks every issuer. */
    public void refreshAll() {
        settings.get().ids(Kind.ISSUER).forEach(this::refresh);
    }

    /** Asks the issuers that a change brought or moved. */
    public void onChange(SettingsChange change) {
        change.changed().stream().filter(key -> key.kind() == Kind.ISSUER).forEach(key -> refresh(key.id()));
    }

    /** The issuers whose keys could not be fetched, with the reason. */
    public Map<String, String> failures() {
        return Map.copyOf(failures);
    }

    /** Stops asking; tasks that run are interrupted. */
    @Override
    public void close() {
        tasks.shutdownNow();
    }

    private void refresh(String id) {
        tasks.execute(() -> {
            try {
                refreshNow(id);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (IOException | RuntimeException e) {
                String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
                failures.put(id, reason);
                LOG.warn("issuer={} keeps the keys it has: {}", id, reason);
            }
        });
    }

    private void refreshNow(String id) throws IOException, InterruptedException {
        Settings now = settings.get();
        Issuer issuer = now.body(Issuer.class, Kind.ISSUER, id);
        DocumentKey key = new DocumentKey(Kind.SIGNING_KEYS, id);
        if (issuer == null) {
            failures.remove(id);
            if (now.get(key) != null) {
                commit(key, null, "the issuer was removed");
            }
            return;
        }
        JsonNode fetched = normal(key, fetcher.fetch(issuer));
        failures.remove(id);
        Document present = now.get(key);
        JsonNode known = present == null || present.body() == null ? null : BodyFormat.write(present.body());
        if (!Objects.equals(known, fetched)) {
            commit(key, fetched, "the issuer's key set changed");
        }
    }

    /** The form in which the registry keeps it, so that an unchanged set is seen as such. */
    private static JsonNode normal(DocumentKey key, JsonNode fetched) throws IOException {
        List<Problem> problems = new ArrayList<>();
        var body = BodyFormat.read(key, fetched, problems);
        if (body == null) {
            throw new IOException(problems.getFirst().message());
        }
        return BodyFormat.write(body);
    }

    private void commit(DocumentKey key, @Nullable JsonNode body, String reason) {
        CommitResult result = registry.commit(new Changeset(ACTOR, reason, null, List.of(new Change(key, null, body))));
        LOG.info("keys of issuer={} result={}", key.id(), result.getClass().getSimpleName());
    }
}
