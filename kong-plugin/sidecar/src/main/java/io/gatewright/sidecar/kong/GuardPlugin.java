package io.gatewright.sidecar.kong;

import io.gatewright.guard.Caller;
import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Reply;
import io.gatewright.pdk.Ask;
import io.gatewright.pdk.Fetched;
import io.gatewright.pdk.Headers;
import io.gatewright.pdk.Kong;
import io.gatewright.pdk.KongPlugin;
import io.gatewright.pdk.Outcome;
import io.gatewright.pdk.Request;
import io.gatewright.pdk.Value;
import io.gatewright.settings.Body.Tenant;
import io.gatewright.settings.Catalog;
import io.gatewright.settings.Effective;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import io.gatewright.settings.What;
import io.gatewright.sidecar.identity.Identities;
import io.gatewright.sidecar.identity.Identities.Identity;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Who calls, on Kong: strips what clients say of themselves, verifies the token, and says which tenant it is to the upstream
 * and to Kong's own plugins. Thread-safe. The same checks in the same order as on Envoy.
 */
public final class GuardPlugin implements KongPlugin<RouteConfig> {
    static final String NAME = "gatewright-guard";
    static final String TENANT = "gatewright_tenant";
    static final String ACTOR = "gatewright_actor";
    static final String CORRELATION = "gatewright_correlation";

    /** As many lines as Envoy takes. Kong says nothing of lines beyond what is asked for, so one more is asked for. */
    private static final int MOST_HEADERS = 100;

    private static final Ask<Headers> HEADERS = Request.headers(MOST_HEADERS + 1);

    /** What no client may say to an upstream; the last is of the connection to Kong, which nginx passes on. */
    private static final Set<String> NOT_OF_CLIENTS =
            Set.of("x-tenant-id", "x-org-id", "x-user-id", Caller.ATTEMPT, "x-forwarded-client-cert", "http2-settings");

    private static final List<String> PREFIXES_NOT_OF_CLIENTS = List.of("x-gatewright-", "x-auth-", "x-envoy-");

    /** What Connection may name (RFC 9110 §7.6.1); the last is what clients offer HTTP/2 with (RFC 7540 §3.2), such as Java's. */
    private static final Set<String> OF_THE_CONNECTION =
            Set.of("", "close", "keep-alive", "te", "upgrade", "http2-settings");

    private static final Pattern CORRELATION_ID = Pattern.compile(
            "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}");

    private final Supplier<Settings> current;
    private final Identities identities;

    public GuardPlugin(Supplier<Settings> current, Identities identities) {
        this.current = current;
        this.identities = identities;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int priority() {
        return 1049;
    }

    @Override
    public Outcome access(Kong kong, RouteConfig config) {
        Fetched fetched = kong.fetch(HEADERS, Request.method(), Request.path());
        Fields fields = Messages.fields(fetched.get(HEADERS));
        String correlation = correlate(kong, correlation(fields));
        Optional<Reply> refused = smuggled(fields, correlation);
        if (refused.isPresent()) {
            return Messages.exit(refused.get(), correlation);
        }
        Settings settings = current.get();
        return switch (judge(settings, config, fields, correlation)) {
            case Judged.Refused(Reply reply) -> Messages.exit(reply, correlation);
            case Judged.Admitted admitted -> {
                admit(kong, fields, admitted);
                if (admitted.correlatesAnew()) {
                    correlation = correlate(kong, UUID.randomUUID().toString());
                }
                kong.ctx().shared().set(CORRELATION, correlation);
                yield Outcome.proceed();
            }
        };
    }

    /** What the checks come to. */
    private sealed interface Judged {
        record Refused(Reply reply) implements Judged {}

        /** @param correlatesAnew whether the tenant takes no correlation id of a client */
        record Admitted(String tenant, String org, String actor, boolean correlatesAnew) implements Judged {}
    }

    private Judged judge(Settings settings, RouteConfig config, Fields fields, String correlation) {
        Optional<Identity> identity = Optional.empty();
        List<String> authorization = fields.all("authorization");
        if (!authorization.isEmpty()) {
            String value = authorization.getFirst();
            boolean bearer =
                    authorization.size() == 1 && value.regionMatches(true, 0, "bearer ", 0, 7) && !value.contains(",");
            identity = bearer ? identities.verify(value.substring(7).strip()) : Optional.empty();
            if (identity.isEmpty()) {
                return new Judged.Refused(Refusal.INVALID_TOKEN.reply(correlation));
            }
        }
        String named = identity.map(Identity::tenant).orElse(fields.first("x-tenant-id"));
        Tenant tenant = settings.body(Tenant.class, Kind.TENANT, named);
        if (tenant == null) {
            return new Judged.Refused(
                    (identity.isEmpty() && authorization.isEmpty() ? Refusal.TOKEN_REQUIRED : Refusal.UNKNOWN_TENANT)
                            .reply(correlation));
        }
        if (tenant.suspended()) {
            return new Judged.Refused(Refusal.TENANT_SUSPENDED.reply(correlation));
        }
        Effective effective = settings.effective(named, what(config));
        if (identity.isEmpty() && effective.get(Catalog.OIDC_REQUIRED)) {
            return new Judged.Refused(Refusal.TOKEN_REQUIRED.reply(correlation));
        }
        boolean foreignToken = identity.isPresent()
                && !effective.get(Catalog.OIDC_ISSUERS).contains(identity.get().issuer());
        List<String> said = fields.all("x-tenant-id");
        boolean otherNamed = !said.isEmpty() && !said.contains(named);
        if (foreignToken || otherNamed) {
            return new Judged.Refused(Refusal.TENANT_MISMATCH.reply(correlation));
        }
        String actor = identity.map(Identity::actor).orElse("");
        for (String required : effective.get(Catalog.HEADERS_REQUIRED)) {
            if (lacks(required.toLowerCase(Locale.ROOT), fields, actor)) {
                return new Judged.Refused(
                        Refusal.MISSING_HEADER.reply(correlation, "Send the header " + required + "."));
            }
        }
        return new Judged.Admitted(
                named,
                tenant.org(),
                actor,
                effective.get(Catalog.CORRELATION_ACCEPT).equals("never"));
    }

    /** Whether a required header is missing or empty. Of what only a gateway sets, the client's does not count. */
    private static boolean lacks(String name, Fields fields, String actor) {
        return switch (name) {
            case Messages.CORRELATION, "x-request-id" -> false;
            case "x-user-id" -> actor.isEmpty();
            case "x-org-id", Caller.ATTEMPT -> true; // they are set after this, on Envoy too
            default ->
                PREFIXES_NOT_OF_CLIENTS.stream().anyMatch(name::startsWith)
                        || fields.first(name).isEmpty();
        };
    }

    /** Tells the upstream and the client. */
    private static String correlate(Kong kong, String correlation) {
        kong.service().request().setHeader(Messages.CORRELATION, correlation);
        kong.response().setHeader(Messages.CORRELATION, correlation);
        return correlation;
    }

    private static What what(RouteConfig config) {
        return config.route()
                .<What>map(route -> new What.Route(config.module(), route.substring(route.indexOf('/') + 1)))
                .orElse(new What.Module(config.module()));
    }

    /** A client's UUID or ULID, else a new UUID. */
    private static String correlation(Fields fields) {
        List<String> sent = fields.all(Messages.CORRELATION);
        return sent.size() == 1 && CORRELATION_ID.matcher(sent.getFirst()).matches()
                ? sent.getFirst()
                : UUID.randomUUID().toString();
    }

    /**
     * Lines that Kong did not show, names that an upstream may take for others, headers that a proxy on the way would be told to
     * remove, and an upgrade to a websocket, the only one that Kong passes on.
     */
    private static Optional<Reply> smuggled(Fields fields, String correlation) {
        if (fields.lines().size() > MOST_HEADERS) {
            return Optional.of(Refusal.HEADERS_TOO_LARGE.reply(correlation));
        }
        boolean aliased = fields.lines().stream().anyMatch(line -> line.name().indexOf('_') >= 0);
        boolean nominated = fields.all("connection").stream()
                .flatMap(value -> Arrays.stream(value.toLowerCase(Locale.ROOT).split(",", -1)))
                .map(String::strip)
                .anyMatch(name -> !OF_THE_CONNECTION.contains(name));
        boolean upgrades = fields.all("upgrade").stream()
                .anyMatch(value -> value.toLowerCase(Locale.ROOT).contains("websocket"));
        return aliased || nominated || upgrades
                ? Optional.of(Refusal.BAD_REQUEST.reply(correlation))
                : Optional.empty();
    }

    /** First everything of the client's goes, then what was verified is set, in one write. */
    private static void admit(Kong kong, Fields fields, Judged.Admitted admitted) {
        for (String name :
                fields.lines().stream().map(Fields.Field::name).distinct().toList()) {
            if (NOT_OF_CLIENTS.contains(name)
                    || PREFIXES_NOT_OF_CLIENTS.stream().anyMatch(name::startsWith)) {
                kong.service().request().clearHeader(name);
            }
        }
        kong.service().request().setHeader("x-tenant-id", admitted.tenant());
        kong.service().request().setHeader("x-org-id", admitted.org());
        if (!admitted.actor().isEmpty()) {
            kong.service().request().setHeader("x-user-id", admitted.actor());
        }
        kong.ctx().shared().set(TENANT, admitted.tenant());
        kong.ctx().shared().set(ACTOR, admitted.actor());
        kong.client().loadConsumerByUsername(admitted.tenant()).ifPresent(kong.client()::authenticate);
    }

    /** A text that was set in an earlier handler of this request, empty without one. */
    static String text(Value value) {
        return value instanceof Value.Text text ? text.bytes().toStringUtf8() : "";
    }
}
