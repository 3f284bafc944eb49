package io.gatewright.envoy;

import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.gatewright.settings.Catalog;
import io.gatewright.settings.Effective;
import java.util.List;

/**
 * Correlation ids: a UUID (RFC 9562) or ULID that the client sent is kept, anything else is replaced by the request id;
 * every answer carries the id. Envoy's request id is a UUID, so {@code correlation.generate: ulid} is not available here.
 */
final class Correlation {
    static final String HEADER = "x-correlation-id";

    /** With the request id where the header is not there yet, as for requests that the codec refuses. */
    static final String VALUE = "%REQ(X-CORRELATION-ID?X-REQUEST-ID)%";

    private static final String SENT = "request.headers['x-correlation-id']";

    /** Envoy caps a regular expression in CEL at a program of 100, hence sizes and two expressions for a UUID. */
    private static final String KEEP_OR_REPLACE = "%CEL('x-correlation-id' in request.headers && ((size(" + SENT
            + ")==36 && " + SENT + ".matches('^[!-~]{8}-[!-~]{4}-[!-~]{4}-[!-~]{4}-[!-~]{12}$') && " + SENT
            + ".matches('^([0-9a-fA-F]+-){4}[0-9a-fA-F]+$')) || (size(" + SENT + ")==26 && " + SENT
            + ".matches('^[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]*$'))) ? " + SENT + " : request.id)%";

    private Correlation() {}

    /** Of every request. */
    static HeaderValueOption asked() {
        return Protos.header(HEADER, KEEP_OR_REPLACE);
    }

    /** Of every answer. */
    static HeaderValueOption answered() {
        return Protos.header(HEADER, "%REQ(X-CORRELATION-ID)%");
    }

    /** What a tenant's chain does to the header: replaces it when ids of clients are never accepted. */
    static List<HeaderValueOption> pinned(Effective effective) {
        return effective.get(Catalog.CORRELATION_ACCEPT).equals("never")
                ? List.of(Protos.header(HEADER, "%REQ(X-REQUEST-ID)%"))
                : List.of();
    }
}
