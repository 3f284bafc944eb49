package io.gatewright.sidecar.kong;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Octets;
import io.gatewright.guard.http.Reply;
import java.util.Locale;

/** What Kong's clients get who may not come in: the same problem documents (RFC 9457) as on Envoy. */
enum Refusal {
    BAD_REQUEST(400, "Request refused", "The request breaks the rules of HTTP or of this gateway."),
    MISSING_HEADER(400, "Required header missing", "Send the required header."),
    TOKEN_REQUIRED(401, "Token required", "Send a bearer token in the Authorization header."),
    INVALID_TOKEN(
            401,
            "Token not accepted",
            "The token is malformed, expired, of an unknown issuer, or its signature does not hold."),
    TENANT_MISMATCH(
            403,
            "Another tenant's token",
            "The token, the x-tenant-id header and the listener must name the same tenant, and the tenant must accept the token's issuer."),
    TENANT_SUSPENDED(403, "Tenant suspended", "This tenant is suspended; its operator can say why."),
    UNKNOWN_TENANT(404, "No such tenant", "No tenant is served under this name or host."),
    HEADERS_TOO_LARGE(431, "Headers too large", "Send at most 100 header lines.");

    private final int status;
    private final String title;
    private final String detail;

    Refusal(int status, String title, String detail) {
        this.status = status;
        this.title = title;
        this.detail = detail;
    }

    Reply reply(String correlationId) {
        return reply(correlationId, detail);
    }

    Reply reply(String correlationId, String what) {
        String document = JsonNodeFactory.instance
                .objectNode()
                .put(
                        "type",
                        "urn:gatewright:problem:"
                                + name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .put("title", title)
                .put("status", status)
                .put("detail", what)
                .put("correlationId", correlationId)
                .toString();
        Fields fields = Fields.of("content-type", "application/problem+json");
        if (status == 401) {
            fields = fields.plus(
                    "www-authenticate", this == INVALID_TOKEN ? "Bearer error=\"invalid_token\"" : "Bearer");
        }
        return new Reply(status, fields, Octets.of(document));
    }
}
