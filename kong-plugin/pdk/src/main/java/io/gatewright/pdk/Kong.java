package io.gatewright.pdk;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.gatewright.pdk.wire.Flight;
import io.gatewright.pdk.wire.Turn;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/**
 * Kong during one event of one request. One thread at a time, and only until its handler returns; then it throws.
 *
 * <p>Setters and log calls are queued and leave with the next call that waits for an answer, or with the end of the handler: they
 * cost no wait, and what Kong makes of them cannot be seen. Getters wait. {@link #fetch} asks several questions in one
 * write and one wait.
 *
 * <p>A call that its phase or Kong's version does not allow throws a {@link KongException} before Kong sees it; each method's
 * phases stand at {@link Method}. Kong says nothing of what is absent, empty, zero or false, so these are the same: a getter that returns
 * an {@code Optional} is empty for an empty text too.
 *
 * <p><b>Between phases.</b> After a failure in log Kong 2.8 to 3.9 may show response and rewrite handlers of that worker
 * the data of an older request, in {@code ctx.shared}, {@code nginx.getCtx}, {@code response.get…} and the headers of the
 * request. {@link #requestId} and {@link Request#getHeader} take ways that are not affected; {@link PhaseState} keeps state by the
 * former. The others say so in their Javadoc.
 */
public final class Kong {
    private static final Ask<Optional<String>> REQUEST_ID = Nginx.variable("kong_request_id")
            .in(Set.of(Phase.LOG), Ask.maybeHeader(Method.RESPONSE_GET_HEADER, "x-kong-request-id"));

    private final Calls calls;
    private final Placement placement;

    /** For the plugin server: the calls of one handler on one connection. */
    public Kong(Flight flight, Turn turn, Phase phase, Caller caller, Placement placement) {
        calls = new Calls(flight, turn, phase, caller);
        this.placement = placement;
    }

    /** For the plugin server: ends an event by an answer to the client. Kong closes the connection then. */
    public static void exit(Flight flight, Outcome.Exit exit) throws IOException {
        flight.last(Method.RESPONSE_EXIT.bytes(), exit.toWire());
    }

    /**
     * For the plugin server: whether a handler may end so.
     *
     * @throws KongException if Kong would refuse it
     */
    public void requireExit(Outcome.Exit exit) {
        calls.require(Method.RESPONSE_EXIT);
        if (calls.phase() == Phase.PREREAD
                && !Set.of(200, 400, 403, 500, 502, 503).contains(exit.status())) {
            throw new KongException(
                    "Exit status " + exit.status() + " does not work in preread; 200, 400, 403, 500, 502 and 503 do");
        }
    }

    Calls calls() {
        return calls;
    }

    /** In which phase this is. */
    public Phase phase() {
        return calls.phase();
    }

    /** Where in Kong the plugin is configured that runs here. */
    public Placement placement() {
        return placement;
    }

    /** Asks all these in one write and waits once. */
    public Fetched fetch(Ask<?>... asks) {
        return calls.fetch(asks);
    }

    /**
     * Kong's id of the request, the same in all phases from rewrite on; also the client's {@code X-Kong-Request-Id}. Absent in
     * streams and before Kong 3.5.
     */
    public Optional<String> requestId() {
        return calls.get(REQUEST_ID);
    }

    /** The question behind {@link #requestId}. */
    public static Ask<Optional<String>> id() {
        return REQUEST_ID;
    }

    /** The client's request. */
    public Request request() {
        return new Request(calls);
    }

    /** The response to the client. */
    public Response response() {
        return new Response(calls);
    }

    /** Where the request goes. */
    public Service service() {
        return new Service(calls);
    }

    /** Who calls. */
    public Client client() {
        return new Client(calls);
    }

    /** Kong's contexts. */
    public Ctx ctx() {
        return new Ctx(calls);
    }

    /** Kong's log. */
    public Log log() {
        return new Log(calls);
    }

    /** This Kong. */
    public Node node() {
        return new Node(calls);
    }

    /** What the request matched. */
    public Router router() {
        return new Router(calls);
    }

    /** nginx below Kong. */
    public Nginx nginx() {
        return new Nginx(calls);
    }

    /** Addresses. */
    public Ip ip() {
        return new Ip(calls);
    }

    static MessageLite text(ByteString bytes) {
        return io.gatewright.proto.kong.Text.newBuilder().setV(bytes).build();
    }
}
