package io.gatewright.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** The compose file. Immutable. */
record Compose(JsonNode file) {
    /** A container. */
    record Container(String name, JsonNode body) {
        JsonNode get(String key) {
            return body.path(key);
        }

        String image() {
            return get("image").asText();
        }

        /** What stands behind the last colon of the image. */
        String tag() {
            return image().substring(image().lastIndexOf(':') + 1);
        }

        /** @param asked gives the secrets */
        Map<String, String> environment(UnaryOperator<String> asked) {
            Map<String, String> values = new TreeMap<>();
            get("environment")
                    .properties()
                    .forEach(entry -> values.put(
                            entry.getKey(),
                            DeployFile.substituted(entry.getValue().asText(), asked)));
            return values;
        }

        /** A value that is no secret. */
        String variable(String name) {
            if (!get("environment").has(name)) {
                throw new NoSuchElementException(this.name + " has no variable " + name);
            }
            return get("environment").path(name).asText();
        }

        /** The words after the program, with what its image says. */
        List<String> command(Containerfile images) {
            List<String> words = new ArrayList<>();
            if (get("entrypoint").isArray()) {
                words.addAll(DeployFile.texts(get("entrypoint")));
            } else if (image().startsWith("gatewright/")) {
                words.addAll(images.entrypoint(image().replaceAll("^gatewright/|:.*", "")));
            }
            words.addAll(DeployFile.texts(get("command")));
            return words;
        }

        /** The health check's words after {@code CMD}, as the container gets them. */
        List<String> health() {
            List<String> words = new ArrayList<>();
            for (String word : DeployFile.texts(get("healthcheck").path("test"))) {
                words.add(DeployFile.substituted(word, name -> {
                    throw new AssertionError("a health check asks for " + name);
                }));
            }
            return words.subList(1, words.size());
        }

        /** Where volumes are in the container, by the name of the volume or the path of the file. */
        Map<String, String> mounts() {
            Map<String, String> mounts = new LinkedHashMap<>();
            for (String mount : DeployFile.texts(get("volumes"))) {
                String[] parts = mount.split(":", -1);
                mounts.put(parts[0], parts[1]);
            }
            return mounts;
        }
    }

    static Compose read() {
        return new Compose(DeployFile.yaml("compose/compose.yaml").getFirst());
    }

    List<Container> containers() {
        List<Container> all = new ArrayList<>();
        file.path("services").properties().forEach(entry -> all.add(new Container(entry.getKey(), entry.getValue())));
        return all;
    }

    boolean has(String service) {
        return file.path("services").has(service);
    }

    Container container(String name) {
        if (!has(name)) {
            throw new NoSuchElementException("the compose file has no service " + name);
        }
        return new Container(name, file.path("services").path(name));
    }
}
