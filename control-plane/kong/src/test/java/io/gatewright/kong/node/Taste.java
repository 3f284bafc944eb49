package io.gatewright.kong.node;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.kong.Fault;
import io.gatewright.kong.StrictKong;
import io.gatewright.testkit.admin.EntityFault;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/** What a simulated Kong refuses: what a real one would, and whatever a test wants. Thread-safe. */
final class Taste {
    private final List<String> refused = new CopyOnWriteArrayList<>();

    /** Has each plugin and service refused whose text has this. */
    void refuse(String text) {
        refused.add(text);
    }

    /** From now on only what a real one would. */
    void refuseNothing() {
        refused.clear();
    }

    List<EntityFault> judge(JsonNode document) {
        List<EntityFault> found = new ArrayList<>();
        StrictKong.check(document).forEach(fault -> found.add(told(fault)));
        for (String list : List.of("plugins", "services")) {
            for (JsonNode entity : document.path(list)) {
                if (refused.stream().anyMatch(entity.toString()::contains)) {
                    found.add(new EntityFault(list.replaceFirst("s$", ""), entity, "config.minute", "is not lucky"));
                }
            }
        }
        return found;
    }

    /** The limit of a tenant in a configuration, or -1. */
    static long limit(JsonNode config, String tenant) {
        for (JsonNode plugin : config.path("plugins")) {
            if (plugin.path("consumer").asText().equals(tenant)) {
                return plugin.at("/config/minute").asLong();
            }
        }
        return -1;
    }

    private static EntityFault told(Fault fault) {
        String type = fault.type().list().toLowerCase(Locale.ROOT).replaceFirst("s$", "");
        return new EntityFault(type, fault.entity(), fault.field(), fault.message());
    }
}
