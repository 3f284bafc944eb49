package io.gatewright.kong;

/**
 * Correlation ids on every answer, also on a 404. This plugin keeps whatever a client sent; in the profile {@code full} the
 * guard judges that.
 */
final class CorrelationId {
    private CorrelationId() {}

    static Entity plugin() {
        return Plugins.global(
                "correlation-id",
                Json.object()
                        .put("header_name", "X-Correlation-ID")
                        .put("generator", "uuid")
                        .put("echo_downstream", true),
                Provenance.of(new Sources(), null, null));
    }
}
