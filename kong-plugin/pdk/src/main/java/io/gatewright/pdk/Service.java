package io.gatewright.pdk;

import io.gatewright.proto.kong.Target;
import java.util.Optional;

/** {@code kong.service}: where the request goes. One thread at a time. */
public final class Service {
    private static final int MAX_PORT = 65535;

    private final Calls calls;

    Service(Calls calls) {
        this.calls = calls;
    }

    /** The request to the upstream. */
    public ServiceRequest request() {
        return new ServiceRequest(calls);
    }

    /** The upstream's response, in the response phase. For log see {@link #bufferedResponse}. */
    public ServiceResponse response() {
        return new ServiceResponse(calls, false);
    }

    /**
     * The upstream's response in log, if Kong held it back in full: because a plugin has the response phase or asked for it by {@link
     * Nginx#bufferResponse}. Waits. Otherwise absent, and asking all the same would make Kong fail the event.
     */
    public Optional<ServiceResponse> bufferedResponse() {
        return calls.get(Nginx.context("buffered_status")).isNil()
                ? Optional.empty()
                : Optional.of(new ServiceResponse(calls, true));
    }

    /**
     * Sends the request to this upstream entity of Kong. In access, from Kong 3.7: before, Kong failed the request.
     *
     * @return whether there is one of this name
     */
    public boolean setUpstream(String name) {
        return calls.get(Ask.flag(Method.SERVICE_SET_UPSTREAM, Ask.textArg(name)));
    }

    /**
     * Sends the request to this host. In rewrite and access, from Kong 3.4 in preread.
     *
     * @param port 0 to 65535
     */
    public void setTarget(String host, int port) {
        if (host.isEmpty() || port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("'%s' port %d is no target: it needs a host and a port of 0 to 65535"
                    .formatted(Texts.escaped(host), port));
        }
        calls.send(
                Method.SERVICE_SET_TARGET,
                Target.newBuilder().setHost(Texts.bytes(host)).setPort(port).build());
    }
}
