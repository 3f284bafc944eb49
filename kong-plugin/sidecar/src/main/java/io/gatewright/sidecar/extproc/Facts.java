package io.gatewright.sidecar.extproc;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import io.gatewright.guard.Ending;
import java.util.Map;
import java.util.Optional;

/** What Envoy says of a request and its answer beside their headers, and no client can write. Stateless. */
final class Facts {
    private static final String ATTRIBUTES = "envoy.filters.http.ext_proc";
    private static final String BY_UPSTREAM = "via_upstream";

    private Facts() {}

    static String requestId(ProcessingRequest request) {
        return text(request, "request.id");
    }

    /** Whether Envoy says that it made this answer. */
    static boolean isByEnvoy(ProcessingRequest answer) {
        String details = text(answer, "response.code_details");
        return !details.isEmpty() && !details.equals(BY_UPSTREAM);
    }

    /** How a request ended that Envoy itself answered; nothing when the upstream did. */
    static Optional<Ending> ending(ProcessingRequest answer) {
        String details = text(answer, "response.code_details");
        if (details.equals(BY_UPSTREAM)) {
            return Optional.empty();
        }
        boolean first = number(answer, "upstream.request_attempt_count") <= 1;
        boolean unsent = details.equals("no_healthy_upstream")
                || details.equals("cluster_not_found")
                || details.equals("direct_response")
                || details.contains("remote_connection_failure")
                || details.contains("connection_timeout")
                || details.contains("delayed_connect_error");
        if (unsent && first) {
            return Optional.of(new Ending.NotSent());
        }
        return Optional.of(
                new Ending.Unknown(details.contains("timeout") ? Ending.Cause.TIMEOUT : Ending.Cause.CONNECTION_LOST));
    }

    private static String text(ProcessingRequest message, String attribute) {
        return attribute(message, attribute).getStringValue();
    }

    private static double number(ProcessingRequest message, String attribute) {
        return attribute(message, attribute).getNumberValue();
    }

    private static Value attribute(ProcessingRequest message, String name) {
        Map<String, Struct> all = message.getAttributesMap();
        return all.getOrDefault(ATTRIBUTES, Struct.getDefaultInstance())
                .getFieldsOrDefault(name, Value.getDefaultInstance());
    }
}
