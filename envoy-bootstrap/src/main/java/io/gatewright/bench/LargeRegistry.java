package io.gatewright.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.registry.Change;
import io.gatewright.registry.Changeset;
import io.gatewright.registry.CommitResult;
import io.gatewright.registry.Registry;
import io.gatewright.settings.BodyFormat;
import io.gatewright.settings.Catalog;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Key;
import io.gatewright.settings.Kind;
import java.util.ArrayList;
import java.util.List;

/** A registry of many tenants, each with {@value #KEYS_PER_TENANT} settings of its own. One thread at a time. */
final class LargeRegistry {
    static final int KEYS_PER_TENANT = 40;
    static final String MODULE = "orders";
    static final String ROUTE = "create";
    private static final int TENANTS_PER_ORG = 100;
    private static final int MODULES = 8;

    private final Registry registry;
    private final List<Change> waiting = new ArrayList<>();
    private long documents;

    private LargeRegistry(Registry registry) {
        this.registry = registry;
    }

    static String tenant(int i) {
        return "t%06d".formatted(i);
    }

    static String module(int i) {
        return i == 0 ? MODULE : MODULE + "-" + i;
    }

    static int modules() {
        return MODULES;
    }

    /** Fills an empty registry and returns how many documents it holds. */
    static long fill(Registry registry, int tenants) {
        LargeRegistry large = new LargeRegistry(registry);
        for (int i = 0; i < MODULES; i++) {
            large.add(Kind.MODULE, module(i), json("""
                {"prefix":"/api/%s","upstream":{"endpoints":["127.0.0.1:9"]},
                 "routes":[{"name":"%s","methods":["POST"],"path":"/"}]}""".formatted(module(i), ROUTE)));
        }
        List<String> settings = settings();
        for (int i = 0; i < tenants; i++) {
            large.addTenant(i, settings);
            if ((i + 1) % 1000 == 0) {
                Progress.say((i + 1) + " of " + tenants + " tenants filled");
            }
        }
        large.commit();
        return large.documents;
    }

    private void addTenant(int i, List<String> settings) {
        String org = "org-%04d".formatted(i / TENANTS_PER_ORG);
        if (i % TENANTS_PER_ORG == 0) {
            add(Kind.ORG, org, JsonNodeFactory.instance.objectNode().put("name", org));
        }
        add(Kind.TENANT, tenant(i), JsonNodeFactory.instance.objectNode().put("org", org));
        for (String setting : settings) {
            String key = setting.substring(setting.indexOf('/') + 1);
            add(Kind.SETTING, "tenant=" + tenant(i) + setting, body(key));
        }
    }

    /** What follows the tenant in the ids of its settings: every key that takes its default, then some on one module. */
    private static List<String> settings() {
        List<String> settings = new ArrayList<>();
        for (String what : new String[] {"", ",module=" + MODULE}) {
            for (Key<?> key : Catalog.keys()) {
                DocumentKey name = new DocumentKey(Kind.SETTING, "tenant=t" + what + "/" + key.name());
                if (settings.size() < KEYS_PER_TENANT
                        && BodyFormat.read(name, body(key.name()), new ArrayList<>()) != null) {
                    settings.add(what + "/" + key.name());
                }
            }
        }
        return settings;
    }

    private static ObjectNode body(String name) {
        Key<?> key = Catalog.find(name);
        if (key == null) {
            throw new IllegalStateException("there is no key " + name);
        }
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.set("value", written(key));
        return body;
    }

    private static <T> JsonNode written(Key<T> key) {
        return key.type().write(key.defaultValue());
    }

    private void add(Kind kind, String id, JsonNode body) {
        waiting.add(new Change(new DocumentKey(kind, id), null, body));
        documents++;
        if (waiting.size() == Changeset.MAX_CHANGES) {
            commit();
        }
    }

    private void commit() {
        commit(registry, waiting);
        waiting.clear();
    }

    /** Commits changes that must be made. */
    static void commit(Registry registry, List<Change> changes) {
        CommitResult result = registry.commit(new Changeset("bench", "bench", null, changes));
        if (!(result instanceof CommitResult.Committed)) {
            throw new IllegalStateException("not committed: " + result);
        }
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
