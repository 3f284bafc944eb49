package io.gatewright.reference;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the headers of a request are judged by, whoever sent it. Immutable. */
record HeaderRules(SampleRequest request) {
    /** The most lines of headers. */
    static final int MOST = 100;

    private static final Pattern UUID =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");
    private static final Pattern ULID = Pattern.compile("[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}");

    boolean haveAnUnderscore() {
        return request.headers().keySet().stream().anyMatch(name -> name.contains("_"));
    }

    boolean areTooLarge(long mostBytes) {
        long bytes = 0;
        int count = 0;
        for (Map.Entry<String, List<String>> header : request.headers().entrySet()) {
            for (String value : header.getValue()) {
                bytes += header.getKey().length() + value.length();
                count++;
            }
        }
        return count > MOST || bytes > mostBytes;
    }

    /** Whether the client's correlation id is a UUID (RFC 9562) or a ULID. */
    boolean keepCorrelation() {
        String sent = request.header("x-correlation-id");
        return sent != null
                && (UUID.matcher(sent).matches() || ULID.matcher(sent).matches());
    }

    /**
     * Whether a required header is missing or empty. What the gateway sets itself is there; what it removes on entry is
     * not; the rest is as the client sent it.
     */
    boolean lack(String name, @Nullable String actor) {
        return switch (name) {
            case "x-correlation-id", "x-request-id" -> false;
            case "x-user-id" -> actor == null;
            case "authorization" -> request.token() instanceof Token.None;
            case "x-org-id", "idempotency-attempt" -> true;
            default -> {
                String value = request.header(name);
                yield name.startsWith("x-auth-")
                        || name.startsWith("x-gatewright-")
                        || name.startsWith("x-envoy-")
                        || value == null
                        || value.isEmpty();
            }
        };
    }
}
