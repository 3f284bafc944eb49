package io.gatewright.deploy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A unit of systemd. Immutable.
 *
 * @param sections by section and key, all values in their order
 */
record Unit(String name, Map<String, Map<String, List<String>>> sections) {
    static Unit read(String name) {
        Map<String, Map<String, List<String>>> sections = new LinkedHashMap<>();
        String section = "";
        for (String line : DeployFile.text("systemd/" + name).lines().toList()) {
            if (line.startsWith("[")) {
                section = line.substring(1, line.length() - 1);
            } else if (!line.isBlank() && !line.startsWith("#")) {
                String[] parts = line.split("=", 2);
                sections.computeIfAbsent(section, s -> new LinkedHashMap<>())
                        .computeIfAbsent(parts[0], key -> new ArrayList<>())
                        .add(parts[1]);
            }
        }
        return new Unit(name, sections);
    }

    List<String> all(String section, String key) {
        return sections.getOrDefault(section, Map.of()).getOrDefault(key, List.of());
    }

    /** The one value of a key of the service, empty without one. */
    String service(String key) {
        List<String> values = all("Service", key);
        return values.isEmpty() ? "" : values.getLast();
    }

    /** What {@code Environment=} sets. */
    Map<String, String> environment() {
        Map<String, String> values = new TreeMap<>();
        for (String line : all("Service", "Environment")) {
            for (String assignment : line.split(" ", -1)) {
                String[] parts = assignment.split("=", 2);
                values.put(parts[0], parts[1]);
            }
        }
        return values;
    }

    /** The words of {@code ExecStart=} or another command. */
    List<String> command(String key) {
        return List.of(service(key).split(" ", -1));
    }
}
