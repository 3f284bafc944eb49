package io.gatewright.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.gatewright.envoy.EnvoyTranslator;
import io.gatewright.settings.BodyFormat;
import io.gatewright.settings.Document;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Problem;
import io.gatewright.settings.Settings;
import io.gatewright.xds.Resource;
import java.util.ArrayList;
import java.util.List;

/** The tenants of {@link Fleet} without a registry: their settings in memory and the resources of each. One thread at a time. */
final class XdsFleet {
    private static final int AT_ONCE = 10_000;

    private final int tenants;
    private Settings settings;

    /** @param upstreamPort where nothing need listen */
    XdsFleet(int tenants, int modules, int upstreamPort) {
        this.tenants = tenants;
        settings = Settings.EMPTY.with(1, documents(Fleet.shared(modules, upstreamPort, upstreamPort)));
        for (int first = 0; first < tenants; first += AT_ONCE) {
            settings = settings.with(1, documents(Fleet.tenants(first, Math.min(tenants, first + AT_ONCE))));
        }
    }

    /** Writes more documents, as the next revision. */
    void write(ArrayNode more) {
        settings = settings.with(settings.revision() + 1, documents(more));
    }

    int tenants() {
        return tenants;
    }

    Settings settings() {
        return settings;
    }

    long revision() {
        return settings.revision();
    }

    List<Resource> shared() {
        return EnvoyTranslator.shared(settings);
    }

    Resource primer() {
        return EnvoyTranslator.primer(settings);
    }

    /** The scopes of all tenants, made now. */
    List<Resource> scopes() {
        List<Resource> scopes = new ArrayList<>(tenants);
        for (int i = 0; i < tenants; i++) {
            scopes.add(scope(i));
        }
        return scopes;
    }

    Resource scope(int tenant) {
        return EnvoyTranslator.tenant(settings, Fleet.tenant(tenant)).getFirst();
    }

    /** Another limit for one tenant, as the next revision; returns its scope. */
    Resource change(int tenant) {
        long revision = settings.revision() + 1;
        ArrayNode change = Fleet.limit(tenant, 1000 + (int) (revision % 100_000));
        settings = settings.with(revision, documents(change));
        return scope(tenant);
    }

    private static List<Document> documents(ArrayNode json) {
        List<Document> documents = new ArrayList<>();
        for (JsonNode each : json) {
            DocumentKey key = new DocumentKey(
                    Kind.of(each.get("kind").asText()).orElseThrow(),
                    each.get("id").asText());
            List<Problem> problems = new ArrayList<>();
            documents.add(new Document(key, 1, BodyFormat.read(key, each.get("body"), problems)));
            if (!problems.isEmpty()) {
                throw new IllegalStateException(key + ": " + problems);
            }
        }
        return documents;
    }
}
