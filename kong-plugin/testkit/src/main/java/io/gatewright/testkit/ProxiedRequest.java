package io.gatewright.testkit;

import io.gatewright.proto.kong.ConsumerEntity;
import io.gatewright.proto.kong.CredentialEntity;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** A request on its way through Kong: what came, what goes upstream, what goes back. One thread at a time. */
final class ProxiedRequest {
    /** The key in ngx.ctx that says whether Kong holds the response back. */
    static final String BUFFERED = "buffered_proxying";

    /** The key in ngx.ctx that is there once Kong has gone to the upstream: when, in milliseconds since 1970. */
    static final String TRIED = "KONG_BALANCER_START";

    final String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong())
            + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    final long startMillis;
    final String method;
    final String path;
    final @Nullable String query;
    final HeaderMap headers;
    final byte[] body;
    final String clientIp;
    final int clientPort;

    /** Where the body lies when it was too large to be kept in memory. */
    @Nullable
    Path bodyFile;

    String upstreamMethod;
    String upstreamPath;

    @Nullable
    String upstreamQuery;

    final HeaderMap upstreamHeaders;
    byte[] upstreamBody;

    /** Set once there is one. */
    @Nullable
    Answer answer;

    /** What the upstream said, when it was held back. */
    @Nullable
    Answer serviceAnswer;

    @Nullable
    ConsumerEntity consumer;

    @Nullable
    CredentialEntity credential;

    /** ngx.ctx and, in it, kong.ctx.shared. */
    final Map<String, Object> ctx = new HashMap<>();

    final Map<String, Object> shared = new HashMap<>();

    /** What plugins have set on a response that is not there yet. */
    final HeaderMap laterHeaders = new HeaderMap();

    @Nullable
    Integer laterStatus;

    ProxiedRequest(
            String method,
            String path,
            @Nullable String query,
            HeaderMap headers,
            byte[] body,
            String clientIp,
            int clientPort,
            long startMillis) {
        this.method = method;
        this.path = path;
        this.query = query;
        this.headers = headers;
        this.body = body;
        this.clientIp = clientIp;
        this.clientPort = clientPort;
        this.startMillis = startMillis;
        this.upstreamMethod = method;
        this.upstreamPath = path;
        this.upstreamQuery = query;
        this.upstreamHeaders = headers.copy();
        this.upstreamBody = body;
    }

    boolean isBuffered() {
        return ctx.get(BUFFERED) != null;
    }

    HeaderMap responseHeaders() {
        return answer == null ? laterHeaders : answer.headers;
    }

    String pathWithQuery() {
        return query == null ? path : path + "?" + query;
    }
}
