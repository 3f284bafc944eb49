package io.gatewright.pdk;

import io.gatewright.proto.kong.LuaTable;
import java.util.Optional;

/**
 * {@code kong.service.response}: the upstream's response. In the response phase, and in log if it was held back. One
 * thread at a time.
 *
 * <p>Its headers as a whole are in {@link Response#getHeaders}; Kong has copied them there when the response phase begins.
 */
public final class ServiceResponse {
    private static final Ask<Integer> STATUS = Ask.whole(Method.SERVICE_RESPONSE_GET_STATUS);
    private static final Ask<Body> RAW_BODY = Ask.body(Method.SERVICE_RESPONSE_GET_RAW_BODY);

    private final Calls calls;
    private final boolean buffered;

    ServiceResponse(Calls calls, boolean buffered) {
        this.calls = calls;
        this.buffered = buffered;
    }

    /** The status. */
    public int getStatus() {
        return get(STATUS);
    }

    /** The question behind {@link #getStatus}, for the response phase. */
    public static Ask<Integer> status() {
        return STATUS;
    }

    /** The first value of a header; absent if it is missing or empty. */
    public Optional<String> getHeader(String name) {
        return get(header(name));
    }

    /** The question behind {@link #getHeader}, for the response phase. */
    public static Ask<Optional<String>> header(String name) {
        return Ask.maybeHeader(Method.SERVICE_RESPONSE_GET_HEADER, name);
    }

    /**
     * Up to 100 headers. From Kong 3.0, in the response phase. Kong up to 3.9 says that there are none when it holds the response back, which
     * is whenever this phase runs: ask {@link Response#getHeaders} instead.
     */
    public Headers getHeaders() {
        return getHeaders(100);
    }

    /** As {@link #getHeaders()}, up to {@code max}, 1 to 1000. */
    public Headers getHeaders(int max) {
        return calls.get(
                Ask.of(Method.SERVICE_RESPONSE_GET_HEADERS, Request.atMost(max), LuaTable.parser(), Headers::from));
    }

    /** The body as the upstream sent it, compressed if it did. */
    public Body getRawBody() {
        return get(RAW_BODY);
    }

    /** The question behind {@link #getRawBody}, for the response phase. */
    public static Ask<Body> rawBody() {
        return RAW_BODY;
    }

    /** In log the method works if the response was held back, which was asked before. */
    private <T> T get(Ask<T> ask) {
        return buffered ? calls.getUnchecked(ask) : calls.get(ask);
    }
}
