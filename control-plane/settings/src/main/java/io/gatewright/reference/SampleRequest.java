package io.gatewright.reference;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request as it reaches a gateway. Immutable.
 *
 * @param method in capitals
 * @param host as the client writes it, perhaps with a port
 * @param path from its first slash, perhaps with a query
 * @param headers by name in any case, each line by itself, without Host and Authorization
 * @param bodyBytes size of the body
 * @param listener id of the listener document that it comes in on; null: one that is fixed to no tenant
 */
public record SampleRequest(
        String method,
        String host,
        String path,
        Map<String, List<String>> headers,
        long bodyBytes,
        Token token,
        @Nullable String listener) {
    public SampleRequest {
        headers = Map.copyOf(headers);
    }

    /** All lines of a header without spaces around them. */
    List<String> lines(String name) {
        List<String> lines = new ArrayList<>();
        headers.forEach((written, values) -> {
            if (written.toLowerCase(Locale.ROOT).equals(name)) {
                values.forEach(value -> lines.add(value.strip()));
            }
        });
        return lines;
    }

    /** The lines of a header joined by commas, or null when there is none. */
    @Nullable
    String header(String name) {
        List<String> lines = lines(name);
        return lines.isEmpty() ? null : String.join(",", lines);
    }

    /** A CORS preflight asks by OPTIONS for another method (Fetch standard). */
    boolean asksForMethod() {
        String wanted = header("access-control-request-method");
        return method.equals("OPTIONS") && wanted != null && !wanted.isEmpty();
    }
}
