package io.gatewright.pdk;

import com.google.protobuf.ByteString;
import io.gatewright.proto.kong.ExitArgs;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * How a handler ends: the request goes on, or the client gets an answer now. A value and not a call, because nothing can follow
 * it: Kong never answers {@code kong.response.exit}. Immutable.
 */
public sealed interface Outcome {
    /** The request goes on. */
    record Proceed() implements Outcome {
        private static final Proceed INSTANCE = new Proceed();
    }

    /**
     * The client gets this answer; the upstream and, in access, the handlers of later plugins do not see the request. What other plugins
     * add to responses (CORS, correlation ids) is added to this one too.
     *
     * <p>nginx compares conditions of the request with the ETag and Last-Modified of such an answer if its status is 200, and
     * then drops the connection or makes a 304 of it: to answer 200 to a request that may carry If-Match, If-None-Match,
     * If-Modified-Since, If-Unmodified-Since or Range, clear these with {@link ServiceRequest#clearHeader} first.
     *
     * @param status 100 to 599; in preread 200, 400, 403, 500, 502 or 503
     * @param headers without those that belong to one connection or one framing ({@code Connection}, {@code Keep-Alive}, {@code
     *     Proxy-Connection}, {@code Upgrade}, {@code Transfer-Encoding}, {@code Content-Length}), which are left out: stored
     *     ones would break the answer
     * @param body as it goes to the client
     */
    record Exit(int status, Headers headers, ByteString body) implements Outcome {
        private static final Set<String> OF_THE_CONNECTION = Set.of(
                "connection",
                "keep-alive",
                "proxy-connection",
                "te",
                "trailer",
                "upgrade",
                "transfer-encoding",
                "content-length");

        /** Checks the status and leaves out the headers said above. */
        public Exit {
            if (status < 100 || status > 599) {
                throw new IllegalArgumentException("Exit status " + status + " is outside of 100 to 599");
            }
            for (String name : OF_THE_CONNECTION) {
                headers = headers.has(name) ? headers.without(name) : headers;
            }
        }

        ExitArgs toWire() {
            ExitArgs.Builder args = ExitArgs.newBuilder().setStatus(status).setBody(body);
            if (!headers.isEmpty()) {
                args.setHeaders(headers.toWire());
            }
            return args.build();
        }
    }

    /** The request goes on. */
    static Outcome proceed() {
        return Proceed.INSTANCE;
    }

    /** An answer without a body. */
    static Outcome exit(int status) {
        return new Exit(status, Headers.none(), ByteString.EMPTY);
    }

    /** An answer with a text, sent as UTF-8. */
    static Outcome exit(int status, Headers headers, String body) {
        return new Exit(status, headers, ByteString.copyFrom(body, StandardCharsets.UTF_8));
    }

    /** An answer with these bytes. */
    static Outcome exit(int status, Headers headers, byte[] body) {
        return new Exit(status, headers, ByteString.copyFrom(body));
    }
}
