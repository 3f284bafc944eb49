package io.gatewright.sidecar.kong;

import io.gatewright.guard.Caller;
import io.gatewright.guard.Decision;
import io.gatewright.guard.Ending;
import io.gatewright.guard.Guard;
import io.gatewright.guard.Pending;
import io.gatewright.guard.ResponseChange;
import io.gatewright.guard.http.Digests;
import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Octets;
import io.gatewright.guard.http.Reply;
import io.gatewright.guard.http.RequestHead;
import io.gatewright.pdk.Ask;
import io.gatewright.pdk.Ctx;
import io.gatewright.pdk.Fetched;
import io.gatewright.pdk.Headers;
import io.gatewright.pdk.Kong;
import io.gatewright.pdk.KongPlugin;
import io.gatewright.pdk.Outcome;
import io.gatewright.pdk.PhaseState;
import io.gatewright.pdk.Request;
import io.gatewright.pdk.Response;
import io.gatewright.pdk.ServiceResponse;
import io.gatewright.pdk.Value;
import io.gatewright.sidecar.policy.Policies;
import io.gatewright.sidecar.policy.Policies.Met;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Retries and stale writes on Kong. Runs after the limits and before transformers, when {@link GuardPlugin} has said who calls.
 * Thread-safe.
 *
 * <p>Kong holds a whole answer back while a plugin has a response phase; that is undone for every request whose answer need not be
 * read, and for those with a condition: nginx compares it with the answer's own tag when Kong gives a held answer of status
 * 200, and drops the connection. Such an answer is kept without its body.
 */
public final class IdempotencyPlugin implements KongPlugin<RouteConfig> {
    static final String NAME = "gatewright-idempotency";

    private static final List<String> CONDITIONS =
            List.of("if-match", "if-none-match", "if-unmodified-since", "if-modified-since", "range");

    /** Those after which nginx drops the connection; for a read it may judge the others. */
    private static final List<String> OF_CURRENT_STATE = List.of("if-match", "if-unmodified-since");

    private static final Set<String> SAFE = Set.of("GET", "HEAD");

    private static final Set<String> METHODS_OF_NGINX =
            Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE");

    /**
     * In ngx.ctx once Kong has gone to the upstream. A status tells nothing of that: an answer that breaks off while it is held
     * back is Kong's own, with the upstream's status.
     */
    private static final String TRIED = "KONG_BALANCER_START";

    private static final Duration LONGEST_REQUEST = Duration.ofMinutes(15);
    private static final int MOST_HEADERS = 1_000;

    private static final Ask<Value> TENANT = Ctx.Shared.value(GuardPlugin.TENANT);
    private static final Ask<Value> ACTOR = Ctx.Shared.value(GuardPlugin.ACTOR);
    private static final Ask<Value> CORRELATION = Ctx.Shared.value(GuardPlugin.CORRELATION);
    private static final Ask<Headers> HEADERS = Request.headers(MOST_HEADERS);

    /** One by one: for all headers of an answer that was held back, Kong gives none. */
    private static final Map<String, Ask<Optional<String>>> FIELDS =
            Guard.answerFields().stream().collect(Collectors.toUnmodifiableMap(name -> name, ServiceResponse::header));

    private static final Ask<Integer> STATUS = ServiceResponse.status();
    private static final Ask<?>[] ANSWER =
            Stream.concat(Stream.of(STATUS), FIELDS.values().stream()).toArray(Ask<?>[]::new);

    private final Guard guard;
    private final Policies policies;
    private final PhaseState<Pending> pendings = new PhaseState<>(LONGEST_REQUEST);

    public IdempotencyPlugin(Guard guard, Policies policies) {
        this.guard = guard;
        this.policies = policies;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int priority() {
        return 905;
    }

    @Override
    public Outcome access(Kong kong, RouteConfig config) {
        Fetched fetched = kong.fetch(
                Kong.id(), Request.method(), Request.path(), Request.rawQuery(), HEADERS, TENANT, ACTOR, CORRELATION);
        String tenant = GuardPlugin.text(fetched.get(TENANT));
        String query = fetched.get(Request.rawQuery());
        String path = fetched.get(Request.path());
        RequestHead head = new RequestHead(
                fetched.get(Request.method()),
                query.isEmpty() ? path : path + '?' + query,
                Messages.fields(fetched.get(HEADERS)));
        Optional<Met> met = policies.find(tenant, head.method(), path);
        String id = fetched.get(Kong.id()).orElse("");
        if (met.isEmpty() || id.isEmpty()) {
            String correlation = GuardPlugin.text(fetched.get(CORRELATION));
            Optional<Reply> refused = guard.onStranger(head, correlation);
            if (refused.isPresent()) {
                return Messages.exit(refused.get(), correlation);
            }
            kong.nginx().bufferResponse(false);
            return Outcome.proceed();
        }
        Met what = met.get();
        Caller caller = new Caller(
                tenant,
                what.org(),
                GuardPlugin.text(fetched.get(ACTOR)),
                what.module(),
                what.route(),
                GuardPlugin.text(fetched.get(CORRELATION)),
                id);
        Decision decision = guard.onHead(head, caller, what.policy());
        if (decision instanceof Decision.NeedsBody) {
            Octets body = Octets.of(kong.request().getRawBody().bytes());
            decision = guard.onRequest(head, Digests.of(body), caller, what.policy());
        } else if (decision instanceof Decision.NeedsLedger) {
            if (!SAFE.contains(head.method())) {
                kong.request().getRawBody(); // nginx sets no end to a body: a lease begins when it is there
            }
            decision = guard.onLedger(head, caller, what.policy());
        }
        return switch (decision) {
            case Decision.Answer(Reply reply) -> answer(kong, reply, caller);
            case Decision.Proceed(Pending pending) -> proceed(kong, pending, id);
            case Decision.NeedsBody needsBody -> throw new IllegalStateException("the body was there");
            case Decision.NeedsLedger needsLedger -> throw new IllegalStateException("the ledger was asked");
        };
    }

    /** Without the conditions, which were judged already: nginx would compare them with the answer's own validators. */
    private static Outcome answer(Kong kong, Reply reply, Caller caller) {
        if (reply.status() == 200) {
            CONDITIONS.forEach(kong.service().request()::clearHeader);
        }
        return Messages.exit(reply, caller.correlationId());
    }

    private Outcome proceed(Kong kong, Pending pending, String id) {
        if (!pending.isClaimed() && !pending.status().isEmpty()) {
            kong.response().setHeader("idempotency-status", pending.status());
        }
        boolean tags = pending.head().method().equals("GET")
                && !pending.policy().tags().equals("upstream");
        if (!isHeld(pending.head()) || !(pending.isClaimed() || pending.isLeased() || tags)) {
            kong.nginx().bufferResponse(false);
        }
        if (pending.isClaimed()) {
            kong.service()
                    .request()
                    .setHeader(Caller.ATTEMPT, pending.caller().attempt().toString());
        }
        if (pending.concernsStore() || tags) {
            pendings.put(id, pending);
        }
        return Outcome.proceed();
    }

    /** Whether Kong may hold the answer back until it was read. */
    private static boolean isHeld(RequestHead head) {
        List<String> unwanted = head.method().equals("GET") ? OF_CURRENT_STATE : CONDITIONS;
        return METHODS_OF_NGINX.contains(head.method())
                && unwanted.stream().noneMatch(head.fields()::has)
                && !head.fields().has("upgrade")
                && !head.fields().first("content-type").startsWith("application/grpc")
                && !head.fields().first("accept").contains("text/event-stream");
    }

    @Override
    public Outcome response(Kong kong, RouteConfig config) {
        Optional<Pending> remembered = kong.requestId().flatMap(pendings::take);
        if (remembered.isEmpty()) {
            return Outcome.proceed();
        }
        Pending pending = remembered.get();
        Fetched fetched = kong.fetch(ANSWER);
        int status = fetched.get(STATUS);
        Fields fields = Fields.none();
        for (Map.Entry<String, Ask<Optional<String>>> field : FIELDS.entrySet()) {
            Optional<String> value = fetched.get(field.getValue());
            fields = value.isPresent() ? fields.plus(field.getKey(), value.get()) : fields;
        }
        Fields seen = fields;
        Octets body = guard.needsBody(pending, status, seen)
                ? Octets.of(kong.service().response().getRawBody().bytes())
                : null;
        ResponseChange change = guard.onResponse(pending, new Ending.Answered(status, seen, body));
        change.remove().stream().filter(seen::has).forEach(kong.response()::clearHeader);
        change.set().lines().forEach(line -> kong.response().setHeader(line.name(), line.value()));
        return Outcome.proceed();
    }

    /** What the response phase did not see: answers that were not held back, and requests without one. Never fails. */
    @Override
    public void log(Kong kong, RouteConfig config) {
        Optional<Pending> remembered = kong.requestId().flatMap(pendings::take);
        if (remembered.isPresent() && remembered.get().concernsStore()) {
            guard.onResponse(remembered.get(), ending(kong));
        }
    }

    private static Ending ending(Kong kong) {
        Response response = kong.response();
        int status = response.getStatus();
        if (response.getSource() == Response.Source.SERVICE) {
            return status == 499
                    ? new Ending.Unknown(Ending.Cause.CONNECTION_LOST)
                    : new Ending.Answered(status, Messages.fields(response.getHeaders(MOST_HEADERS)), null);
        }
        boolean refused = status == 503 || (status >= 400 && status < 499);
        if (refused && kong.nginx().getCtx(TRIED) instanceof Value.Nil) {
            return new Ending.NotSent(); // no peer to send it to, or a later plugin's refusal
        }
        return new Ending.Unknown(status == 504 ? Ending.Cause.TIMEOUT : Ending.Cause.CONNECTION_LOST);
    }
}
