package io.gatewright.server.preview;

import io.gatewright.reference.SampleRequest;
import io.gatewright.settings.Settings;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A sample request as somebody describes it. Immutable.
 *
 * @param method in capitals
 * @param host perhaps with a port
 * @param path from its first slash, perhaps with a query
 * @param listener id of the listener document; null: one that is fixed to no tenant
 */
public record Sample(
        String method,
        String host,
        String path,
        Map<String, List<String>> headers,
        long bodyBytes,
        Bearer bearer,
        @Nullable String listener) {
    public Sample {
        headers = Map.copyOf(headers);
    }

    SampleRequest under(Settings settings, Settings before, Settings after) {
        return new SampleRequest(
                method, host, path, headers, bodyBytes, bearer.under(settings, before, after), listener);
    }
}
