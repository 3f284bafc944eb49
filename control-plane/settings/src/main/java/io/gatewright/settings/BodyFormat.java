package io.gatewright.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.settings.Body.Endpoint;
import io.gatewright.settings.Body.Issuer;
import io.gatewright.settings.Body.Listener;
import io.gatewright.settings.Body.Module;
import io.gatewright.settings.Body.Org;
import io.gatewright.settings.Body.Route;
import io.gatewright.settings.Body.RouteFlag;
import io.gatewright.settings.Body.Setting;
import io.gatewright.settings.Body.SigningKeys;
import io.gatewright.settings.Body.Tenant;
import io.gatewright.settings.Body.Upstream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The JSON form of documents. Reading is strict and collects all problems; writing is the exact inverse. */
public final class BodyFormat {
    private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
    private static final String ID_FIX = "use 1 to 63 lower-case letters, digits and hyphens";
    private static final Pattern LABEL = Pattern.compile("\\P{Cntrl}{1,200}");
    private static final Pattern HOST =
            Pattern.compile("(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+");
    static final Pattern ENDPOINT =
            Pattern.compile("(\\[[0-9a-f:]{2,45}\\]|[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?):" + Ids.PORT);
    private static final Pattern PREFIX = Pattern.compile("(/[a-z0-9][a-z0-9._-]{0,62}){1,8}");
    private static final Pattern TEMPLATE =
            Pattern.compile("/|(/([A-Za-z0-9._~-]{1,64}|\\{[a-zA-Z][a-zA-Z0-9_]{0,31}\\})){1,16}");
    private static final Pattern METHOD = Pattern.compile("GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS");
    private static final Pattern ALGORITHM = Pattern.compile("(RS|PS)(256|384|512)|ES(256|384|512)|EdDSA");
    private static final Pattern CLAIM = Pattern.compile("[A-Za-z0-9_:/.-]{1,128}");
    private static final Pattern ADDRESS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-f:]{2,45}");
    private static final Pattern DIRECTORY = Pattern.compile("(?=.{2,200}$)(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+");
    private static final Duration SECOND = Duration.ofSeconds(1);

    private BodyFormat() {}

    /**
     * Reads a body.
     *
     * @param problems gets everything that is wrong; the answer is null exactly when something was added
     */
    public static @Nullable Body read(DocumentKey key, JsonNode json, List<Problem> problems) {
        List<Problem> found = new ArrayList<>();
        Body body = key.kind() == Kind.SETTING || Ids.valid(key.id()) ? readBody(key, json, found) : null;
        if (body == null && found.isEmpty()) {
            found.add(new Problem("id", "is not an id", ID_FIX));
        }
        found.forEach(p -> problems.add(p.within(key.toString())));
        return found.isEmpty() ? body : null;
    }

    private static @Nullable Body readBody(DocumentKey key, JsonNode json, List<Problem> problems) {
        if (key.kind() == Kind.SETTING) {
            return SettingFormat.read(key.id(), json, problems);
        }
        Fields fields = new Fields(json, "", problems);
        Body body = switch (key.kind()) {
            case ORG -> new Org(fields.text("name", LABEL, "write the display name"));
            case TENANT -> readTenant(fields);
            case MODULE -> readModule(fields);
            case ISSUER -> readIssuer(fields);
            case LISTENER -> readListener(fields);
            case SIGNING_KEYS -> SigningKeysFormat.read(fields);
            case SETTING -> throw new AssertionError("read above");
        };
        fields.done();
        return body;
    }

    private static Tenant readTenant(Fields fields) {
        String status = fields.optionalText("status", Pattern.compile("active|suspended"), "write active or suspended");
        return new Tenant(
                fields.text("org", ID, "write the id of its org"),
                fields.texts(
                        "hosts", List.of(), HOST, "write host names in lower case with at least one dot, without port"),
                "suspended".equals(status));
    }

    private static Module readModule(Fields fields) {
        String prefix = fields.text(
                "prefix", PREFIX, "write a path such as /orders, in lower case, without a slash at its end");
        Fields upstream = fields.object("upstream");
        List<Endpoint> endpoints = upstream.texts("endpoints", List.of(), ENDPOINT, "write host:port").stream()
                .map(Endpoint::parse)
                .toList();
        if (endpoints.isEmpty()) {
            upstream.add("endpoints", "is empty", "write at least one host:port");
        }
        Upstream target = new Upstream(
                endpoints,
                upstream.flag("tls", false),
                upstream.duration("connectTimeout", SECOND, Duration.ofMillis(50), Duration.ofSeconds(30)),
                upstream.duration(
                        "requestTimeout", Duration.ofSeconds(15), Duration.ofMillis(100), Duration.ofMinutes(10)));
        upstream.done();
        List<Route> routes =
                fields.objects("routes").stream().map(BodyFormat::readRoute).toList();
        if (routes.stream().map(Route::name).distinct().count() < routes.size()) {
            fields.add("routes", "names a route twice", "give each route its own name");
        }
        return new Module(prefix, target, routes);
    }

    private static Route readRoute(Fields fields) {
        String name = fields.text("name", ID, ID_FIX);
        List<String> methods = fields.texts("methods", List.of(), METHOD, "write HTTP methods in capitals").stream()
                .sorted()
                .toList();
        String path = fields.text("path", TEMPLATE, "write a template below the module's prefix, such as /{id}/lines");
        Set<RouteFlag> flags = new TreeSet<>();
        fields.texts("flags", List.of(), Pattern.compile("deduplicates"), "use deduplicates or leave it out")
                .forEach(flag -> flags.add(RouteFlag.valueOf(flag.toUpperCase(Locale.ROOT))));
        fields.done();
        return new Route(name, methods, path, Set.copyOf(flags));
    }

    private static Issuer readIssuer(Fields fields) {
        URI issuer = fields.uri("issuer");
        List<String> audiences = fields.texts("audiences", List.of(), LABEL, "write the audience that tokens carry");
        if (audiences.isEmpty()) {
            fields.add("audiences", "is empty", "write at least one audience; tokens for others are refused");
        }
        return new Issuer(
                issuer,
                fields.optionalUri("jwksUri"),
                audiences,
                fields.texts(
                        "algorithms", List.of("RS256"), ALGORITHM, "use asymmetric algorithms such as RS256, ES256"),
                fields.optionalText("tenant", ID, "write the id of the one tenant its tokens belong to"),
                Optional.ofNullable(fields.optionalText("tenantClaim", CLAIM, "write a claim name"))
                        .orElse("tenant_id"),
                Optional.ofNullable(fields.optionalText("orgClaim", CLAIM, "write a claim name"))
                        .orElse("org_id"),
                Optional.ofNullable(fields.optionalText("actorClaim", CLAIM, "write a claim name"))
                        .orElse("sub"));
    }

    private static Listener readListener(Fields fields) {
        return new Listener(
                fields.text("address", ADDRESS, "write an IP address such as 0.0.0.0"),
                fields.number("port", 1, 65535),
                fields.optionalText("tenant", ID, "write the id of the tenant it is fixed to"),
                fields.optionalText(
                        "certificate",
                        DIRECTORY,
                        "write a directory of the gateway's machine such as /etc/gatewright/certificates/acme"));
    }

    /** Writes a body; {@link #read} gives it back. */
    public static ObjectNode write(Body body) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        switch (body) {
            case Org org -> json.put("name", org.name());
            case Tenant tenant -> {
                json.put("org", tenant.org());
                tenant.hosts().forEach(json.putArray("hosts")::add);
                json.put("status", tenant.suspended() ? "suspended" : "active");
            }
            case Module module -> writeModule(module, json);
            case Issuer issuer -> writeIssuer(issuer, json);
            case Listener listener -> {
                json.put("address", listener.address()).put("port", listener.port());
                putIfPresent(json, "tenant", listener.tenant());
                putIfPresent(json, "certificate", listener.certificate());
            }
            case Setting setting -> SettingFormat.write(setting, json);
            case SigningKeys keys -> SigningKeysFormat.write(keys, json);
        }
        return json;
    }

    private static void writeModule(Module module, ObjectNode json) {
        json.put("prefix", module.prefix());
        Upstream upstream = module.upstream();
        ObjectNode target = json.putObject("upstream");
        ArrayNode endpoints = target.putArray("endpoints");
        upstream.endpoints().forEach(e -> endpoints.add(e.toString()));
        target.put("tls", upstream.tls())
                .put("connectTimeout", upstream.connectTimeout().toString())
                .put("requestTimeout", upstream.requestTimeout().toString());
        ArrayNode routes = json.putArray("routes");
        for (Route route : module.routes()) {
            ObjectNode entry = routes.addObject().put("name", route.name());
            route.methods().forEach(entry.putArray("methods")::add);
            entry.put("path", route.path());
            if (!route.flags().isEmpty()) {
                ArrayNode flags = entry.putArray("flags");
                route.flags().stream()
                        .sorted(Comparator.naturalOrder())
                        .forEach(f -> flags.add(f.name().toLowerCase(Locale.ROOT)));
            }
        }
    }

    private static void writeIssuer(Issuer issuer, ObjectNode json) {
        json.put("issuer", issuer.issuer().toString());
        putIfPresent(
                json,
                "jwksUri",
                issuer.jwksUri() == null ? null : issuer.jwksUri().toString());
        issuer.audiences().forEach(json.putArray("audiences")::add);
        issuer.algorithms().forEach(json.putArray("algorithms")::add);
        putIfPresent(json, "tenant", issuer.tenant());
        json.put("tenantClaim", issuer.tenantClaim())
                .put("orgClaim", issuer.orgClaim())
                .put("actorClaim", issuer.actorClaim());
    }

    private static void putIfPresent(ObjectNode json, String name, @Nullable String value) {
        if (value != null) {
            json.put(name, value);
        }
    }
}
