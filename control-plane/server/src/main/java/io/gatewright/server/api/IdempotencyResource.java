package io.gatewright.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.guard.KeyDesk;
import io.gatewright.guard.KeyDesk.Whose;
import io.gatewright.guard.Pepper;
import io.gatewright.guard.store.IdempotencyStore;
import io.gatewright.guard.store.KeyState;
import io.gatewright.guard.store.StoreUnavailable;
import io.gatewright.registry.Changeset;
import io.gatewright.registry.Registry;
import io.gatewright.registry.SettingsFeed;
import io.gatewright.server.Configuration;
import io.gatewright.server.ConfigurationKey;
import io.gatewright.settings.Problem;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the guard keeps of an idempotency key, never its answer's body; and how an unknown outcome is settled. */
@Path("/v1/idempotency/{tenant}")
@Produces(MediaType.APPLICATION_JSON)
public class IdempotencyResource {
    private static final Logger LOG = LoggerFactory.getLogger(IdempotencyResource.class);

    private static final String WHICH = "/{route:[^/]+(/[^/]+)?}/{key:[^/]+}";
    private static final String ROUTE = "`MODULE/ROUTE`, or the module alone where only its prefix matches";
    private static final String KEY = "The client's key without quotes, percent-encoded";
    private static final String STATE =
            "`{tenant, route, state, status, created, since, expires, correlationId, cause}`: the state is `in-progress`,"
                    + " `done`, `released`, `unknown` or `expired`, since then; the status is that of the kept answer, if there"
                    + " is one; the cause is why nobody knows the outcome, or who settled it and why";

    private final IdempotencyStore store;
    private final @Nullable Pepper pepper;
    private final SettingsFeed feed;
    private final Registry registry;
    private final Requester requester;

    public IdempotencyResource(
            IdempotencyStore store,
            Configuration configuration,
            SettingsFeed feed,
            Registry registry,
            Requester requester) {
        this.store = store;
        this.pepper = configuration.pepper();
        this.feed = feed;
        this.registry = registry;
        this.requester = requester;
    }

    @GET
    @Path(WHICH)
    @RunOnVirtualThread
    @Operation(
            summary = "What the guard keeps of an idempotency key, but for the answer itself",
            description = "Needs `--pepper`, as all under `/v1/idempotency` does.")
    @APIResponse(responseCode = "200", description = STATE)
    @APIResponse(responseCode = "404", ref = "not-found")
    @APIResponse(responseCode = "501", ref = "no-pepper")
    @APIResponse(responseCode = "503", ref = "database-unavailable")
    public Response show(
            @PathParam("tenant") String tenant,
            @Parameter(description = ROUTE) @PathParam("route") String route,
            @Parameter(description = KEY) @PathParam("key") String key,
            @QueryParam("actor") @DefaultValue("") String actor)
            throws StoreUnavailable {
        Whose whose = whose(tenant, route, key, actor);
        return answer(whose, found(desk(), whose));
    }

    @POST
    @Path(WHICH + "/release")
    @Consumes(MediaType.WILDCARD)
    @RunOnVirtualThread
    @Operation(summary = "Says of a key whose outcome is unknown that it has not run: the next attempt will")
    @RequestBody(description = "`{reason}`, which is kept with the key until it is used again, and in the history")
    @APIResponse(responseCode = "200", description = STATE)
    @APIResponse(responseCode = "400", ref = "bad-request")
    @APIResponse(responseCode = "403", ref = "forbidden")
    @APIResponse(responseCode = "404", ref = "not-found")
    @APIResponse(responseCode = "409", ref = "conflict")
    @APIResponse(responseCode = "422", ref = "invalid")
    @APIResponse(responseCode = "501", ref = "no-pepper")
    @APIResponse(responseCode = "503", ref = "database-unavailable")
    public Response release(
            @PathParam("tenant") String tenant,
            @Parameter(description = ROUTE) @PathParam("route") String route,
            @Parameter(description = KEY) @PathParam("key") String key,
            @QueryParam("actor") @DefaultValue("") String actor,
            InputStream body)
            throws StoreUnavailable {
        KeyDesk desk = desk();
        SettlementForm form = SettlementForm.ofRelease(Json.read(body));
        return settle(desk, whose(tenant, route, key, actor), form);
    }

    @POST
    @Path(WHICH + "/reconcile")
    @Consumes(MediaType.WILDCARD)
    @RunOnVirtualThread
    @Operation(
            summary =
                    "Says of a key whose outcome is unknown that it has run: retries are told so, with status and place")
    @RequestBody(
            description =
                    "`{status, location, reason}`: what the module answered then, 100 to 599; where what it made is, if"
                            + " it made something; and why, which is kept with the key and in the history")
    @APIResponse(responseCode = "200", description = STATE)
    @APIResponse(responseCode = "400", ref = "bad-request")
    @APIResponse(responseCode = "403", ref = "forbidden")
    @APIResponse(responseCode = "404", ref = "not-found")
    @APIResponse(responseCode = "409", ref = "conflict")
    @APIResponse(responseCode = "422", ref = "invalid")
    @APIResponse(responseCode = "501", ref = "no-pepper")
    @APIResponse(responseCode = "503", ref = "database-unavailable")
    public Response reconcile(
            @PathParam("tenant") String tenant,
            @Parameter(description = ROUTE) @PathParam("route") String route,
            @Parameter(description = KEY) @PathParam("key") String key,
            @QueryParam("actor") @DefaultValue("") String actor,
            InputStream body)
            throws StoreUnavailable {
        KeyDesk desk = desk();
        SettlementForm form = SettlementForm.ofReconcile(Json.read(body));
        return settle(desk, whose(tenant, route, key, actor), form);
    }

    private Response settle(KeyDesk desk, Whose whose, SettlementForm form) throws StoreUnavailable {
        requester.requireOwn(feed.current(), whose.tenant());
        KeyState before = found(desk, whose);
        String verb = form.status() == 0 ? "released" : "reconciled";
        String by = requester.caller().actor();
        Registry.Deed settlement =
                desk.settlement(whose, form.status(), form.location(), verb + " by " + by + ": " + form.reason());
        if (!registry.tell(Changeset.telling(by, told(whose, before, verb, form)), settlement)) {
            throw Refusal.of(
                    ProblemType.CONFLICT,
                    new Problem(
                            "key",
                            "is " + wireName(found(desk, whose).state()) + ", so its outcome is not unknown",
                            "look at it again; only what nobody knows can be settled"));
        }
        feed.look(); // so that whoever got the answer reads it in the history
        LOG.info(
                "event=idempotency_key_{} tenant={} route={} correlation={} by=\"{}\" reason=\"{}\"",
                verb,
                whose.tenant(),
                before.route(),
                before.correlationId(),
                printable(by),
                printable(form.reason()));
        return answer(whose, found(desk, whose));
    }

    /** As the history says it, which keeps neither key nor user. */
    private static String told(Whose whose, KeyState state, String verb, SettlementForm form) {
        String answer = form.status() == 0 ? "" : " with status " + form.status();
        String place = form.location().isEmpty() ? "" : " at " + form.location();
        return verb + " an idempotency key of tenant " + whose.tenant() + ", route " + route(state)
                + ", correlation id " + state.correlationId() + answer + place + ": " + form.reason();
    }

    private KeyDesk desk() {
        if (pepper == null) {
            throw Refusal.of(
                    ProblemType.NO_PEPPER,
                    new Problem(
                            ConfigurationKey.PEPPER.variable(),
                            "is not set for this control plane, so it cannot find what is kept of a key",
                            "start it with the sidecars' " + ConfigurationKey.PEPPER.variable()
                                    + ", or ask where a sidecar runs: gatewright sidecar key show|release|reconcile"));
        }
        return new KeyDesk(store, pepper);
    }

    private static KeyState found(KeyDesk desk, Whose whose) throws StoreUnavailable {
        return desk.show(whose).orElseThrow(IdempotencyResource::noSuchKey);
    }

    private static Refusal noSuchKey() {
        return Refusal.notFound(
                "key",
                "such key of that caller on that route",
                "check tenant, MODULE/ROUTE and ?actor=; keys are forgotten a week after their answer's time, and found under"
                        + " the sidecars' pepper only");
    }

    private static Whose whose(String tenant, String route, String key, String actor) {
        if (tenant.chars().anyMatch(Character::isISOControl)) { // Postgres takes no NUL
            throw noSuchKey();
        }
        String[] names = route.split("/", 2);
        return new Whose(tenant, actor, names[0], names.length < 2 ? "" : names[1], key);
    }

    /** Says nothing of the key itself, and is of this moment only. */
    private static Response answer(Whose whose, KeyState state) {
        ObjectNode json = Json.object()
                .put("tenant", whose.tenant())
                .put("route", route(state))
                .put("state", wireName(state.state()));
        if (state.status() > 0) {
            json.put("status", state.status());
        }
        json.put("created", state.created().toString())
                .put("since", state.since().toString())
                .put("expires", state.expires().toString())
                .put("correlationId", state.correlationId());
        if (state.cause() != null) {
            json.put("cause", state.cause());
        }
        return Response.ok(json.toString())
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .build();
    }

    private static String route(KeyState state) {
        return state.route().replaceFirst("/$", "");
    }

    private static String wireName(KeyState.State state) {
        return state.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** In one line of a log. */
    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ").replace('"', '\'');
    }
}
