package io.gatewright.kong;

import static io.gatewright.kong.Shape.flag;
import static io.gatewright.kong.Shape.list;
import static io.gatewright.kong.Shape.oneOf;
import static io.gatewright.kong.Shape.text;
import static io.gatewright.kong.Shape.whole;

import com.fasterxml.jackson.databind.JsonNode;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What Kong 3.9.3 without a database makes of a document: unknown fields, types, names, tags, references, uniqueness, and
 * foreign keys in nested entities, which must be null there. For plugins see {@link StrictPlugins}. One document each.
 */
public final class StrictKong {
    private static final String NAME = "[A-Za-z0-9.~_-]{1,128}";
    private static final Map<EntityType, Shape> SHAPES = new EnumMap<>(Map.of(
            EntityType.SERVICE,
                    common().must("name", text(NAME), "a name")
                            .must("protocol", oneOf("http", "https"), "a protocol")
                            .must("host", text("[a-z0-9.-]{1,253}"), "a host")
                            .must("port", whole(0, 65535), "a port")
                            .must("retries", whole(0, 0), "0, or Kong repeats what the record does not know of")
                            .must("connect_timeout", whole(1, 2147483646), "milliseconds")
                            .must("read_timeout", whole(1, 2147483646), "milliseconds")
                            .must("write_timeout", whole(1, 2147483646), "milliseconds")
                            .may("tls_verify", json -> json.isBoolean() && json.asBoolean(), "true")
                            .may("routes", JsonNode::isArray, "routes")
                            .may("plugins", JsonNode::isArray, "plugins"),
            EntityType.ROUTE,
                    common().must("name", text(NAME), "a name")
                            .must("methods", list(text("[A-Z]+")), "methods")
                            .must("paths", list(StrictKong::isPath), "a path that begins with / or ~/ and compiles")
                            .must("protocols", list(oneOf("http", "https")), "protocols")
                            .must("strip_path", json -> json.isBoolean() && !json.asBoolean(), "false")
                            .may("preserve_host", flag(), "a boolean")
                            .may("regex_priority", whole(0, 0xffff_ffffL), "32 bits")
                            .may("plugins", JsonNode::isArray, "plugins"),
            EntityType.UPSTREAM,
                    common().must("name", text("(?![0-9.]+$)[a-z0-9.-]{1,253}"), "a host name")
                            .may("host_header", text("[a-z0-9.-]{1,253}"), "a host")
                            .must("targets", JsonNode::isArray, "targets"),
            EntityType.TARGET,
                    common().must("target", text("(\\[[0-9a-f:]+]|[a-z0-9.-]+):[0-9]+"), "host:port")
                            .must("weight", whole(0, 65535), "a weight"),
            EntityType.CONSUMER,
                    common().must("username", text(NAME), "a name")
                            .may("jwt_secrets", JsonNode::isArray, "credentials"),
            EntityType.JWT_SECRET,
                    common().must("key", text(".+"), "a text")
                            .must("secret", text(".+"), "a text, which decK wants")
                            .must(
                                    "algorithm",
                                    oneOf(
                                            "RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384",
                                            "PS512", "EdDSA"),
                                    "an asymmetric algorithm")
                            .must("rsa_public_key", StrictKong::isPublicKey, "a public key in PEM"),
            EntityType.PLUGIN,
                    common().must("name", text(NAME), "a name")
                            .must("config", JsonNode::isObject, "a record")
                            .may("service", JsonNode::isTextual, "a service")
                            .may("route", JsonNode::isTextual, "a route")
                            .may("consumer", JsonNode::isTextual, "a consumer")));

    private final List<Fault> faults = new ArrayList<>();
    private final Set<String> unique = new HashSet<>();
    private final Map<EntityType, Set<String>> known = new EnumMap<>(EntityType.class);

    private StrictKong() {}

    public static List<Fault> check(JsonNode document) {
        StrictKong kong = new StrictKong();
        kong.checkRoot(document);
        for (EntityType type : EntityType.values()) {
            document.path(type.list()).forEach(entity -> kong.collect(type, entity));
        }
        for (EntityType type : EntityType.values()) {
            document.path(type.list()).forEach(entity -> kong.entity(type, entity, null, null));
        }
        return kong.faults;
    }

    private void checkRoot(JsonNode document) {
        Shape root = new Shape()
                .must("_format_version", text("3\\.0"), "3.0")
                .may("_comment", JsonNode::isTextual, "a text");
        for (EntityType type : EntityType.values()) {
            root.may(type.list(), JsonNode::isArray, "a list");
        }
        root.check(document, (field, message) -> faults.add(new Fault(EntityType.SERVICE, document, field, message)));
    }

    private void collect(EntityType type, JsonNode entity) {
        Set<String> names = known.computeIfAbsent(type, t -> new HashSet<>());
        names.add(entity.path("name").asText(entity.path("username").asText()));
        names.add(entity.path("id").asText());
        for (EntityType child : EntityType.values()) {
            entity.path(child.list()).forEach(each -> collect(child, each));
        }
    }

    private void entity(EntityType type, JsonNode entity, @Nullable EntityType parent, @Nullable JsonNode in) {
        Shape shape = SHAPES.get(type);
        if (shape == null) {
            throw new IllegalStateException("no shape of " + type);
        }
        shape.check(entity, (field, message) -> add(type, entity, field, message));
        once(type, entity, "id", type + " id " + entity.path("id").asText());
        switch (type) {
            case SERVICE, ROUTE, UPSTREAM ->
                once(type, entity, "name", type + " " + entity.path("name").asText());
            case CONSUMER ->
                once(
                        type,
                        entity,
                        "username",
                        type + " " + entity.path("username").asText());
            case JWT_SECRET ->
                once(type, entity, "key", type + " " + entity.path("key").asText());
            case TARGET -> {}
            case PLUGIN -> plugin(entity, parent, in);
        }
        for (EntityType child : EntityType.values()) {
            entity.path(child.list()).forEach(each -> entity(child, each, type, entity));
        }
    }

    private void plugin(JsonNode plugin, @Nullable EntityType parent, @Nullable JsonNode in) {
        StrictPlugins.check(plugin, (field, message) -> add(EntityType.PLUGIN, plugin, field, message));
        StringBuilder place =
                new StringBuilder("plugin ").append(plugin.path("name").asText());
        Map<String, EntityType> foreign =
                Map.of("service", EntityType.SERVICE, "route", EntityType.ROUTE, "consumer", EntityType.CONSUMER);
        for (String key : List.of("service", "route", "consumer")) {
            EntityType type = foreign.get(key);
            if (plugin.has(key) && parent != null) {
                add(EntityType.PLUGIN, plugin, key, "value must be null");
            } else if (plugin.has(key)
                    && !known.getOrDefault(type, Set.of())
                            .contains(plugin.path(key).asText())) {
                add(
                        EntityType.PLUGIN,
                        plugin,
                        key,
                        "invalid reference '" + plugin.path(key).asText() + "'");
            }
            String of = in != null && parent == type
                    ? in.path("name").asText()
                    : plugin.path(key).asText();
            place.append(' ').append(key).append('=').append(of);
        }
        once(EntityType.PLUGIN, plugin, "name", place.toString());
    }

    private void once(EntityType type, JsonNode entity, String field, String what) {
        if (!unique.add(what)) {
            add(type, entity, field, "uniqueness violation: " + what);
        }
    }

    private void add(EntityType type, JsonNode entity, String field, String message) {
        faults.add(new Fault(type, entity, field, message));
    }

    private static Shape common() {
        return new Shape()
                .must(
                        "id",
                        text("[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
                        "a UUID of a name")
                .must("tags", StrictKong::isTags, "tags without commas and slashes, each once");
    }

    private static boolean isTags(JsonNode tags) {
        Set<String> seen = new HashSet<>();
        tags.forEach(tag -> seen.add(tag.asText()));
        return list(text("[^,/]+")).test(tags) && seen.size() == tags.size() && seen.contains("gatewright");
    }

    private static boolean isPath(JsonNode path) {
        String text = path.asText();
        return text.startsWith("/") || (text.startsWith("~/") && StrictPlugins.compiles(text.substring(1)));
    }

    private static boolean isPublicKey(JsonNode pem) {
        String base64 = pem.asText().replaceAll("-----(BEGIN|END) PUBLIC KEY-----|\n", "");
        return Stream.of("RSA", "EC", "Ed25519").anyMatch(algorithm -> isPublicKey(algorithm, base64));
    }

    private static boolean isPublicKey(String algorithm, String base64) {
        try {
            byte[] der = Base64.getDecoder().decode(base64);
            return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(der)) != null;
        } catch (InvalidKeySpecException | IllegalArgumentException e) {
            return false;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
