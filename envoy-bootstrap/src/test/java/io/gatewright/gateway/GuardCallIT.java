package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.setting;
import static io.gatewright.gateway.Documents.tenant;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which requests an Envoy asks the guard about, and that none of them passes when nobody answers. */
final class GuardCallIT {
    private static final String KEY = "\"0d1f8c9e-4b7a-4e0e-9a55-6f2f1f3b7c11\"";

    private RealGateway gateway;

    @BeforeEach
    void start() throws Exception {
        gateway = RealGateway.strict("acme-de");
        gateway.change(
                tenant("strict"),
                setting("tenant=strict,route=orders/create", "idempotency.mode", "\"required\""),
                setting("tenant=strict,module=customers", "precondition.mode", "\"require\""),
                tenant("free"),
                setting("tenant=free", "idempotency.mode", "\"off\""),
                setting("tenant=free", "precondition.mode", "\"off\""),
                tenant("tagged"),
                setting("tenant=tagged,module=orders", "precondition.etag", "\"digest\""),
                tenant("sole"),
                setting("tenant=sole,module=orders", "precondition.if-match", "\"sole-writer\""));
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private Request as(String tenant, String method, String path) {
        return Request.of(method, path).token(gateway.token(tenant));
    }

    @Test
    void refusesWithoutAskingWhatLacksAKeyOrACondition() throws Exception {
        Answer keyless =
                gateway.send(as("strict", "POST", "/api/orders").sized(3)).isProblem(400, "key-required");
        assertThat(keyless.json().toString()).contains("\"retryable\":false");
        assertThat(keyless.header("cache-control")).isEqualTo("no-store");
        gateway.send(as("strict", "POST", "/api/orders/7").sized(3)).isServed();
        gateway.send(as("strict", "PUT", "/api/customers/1").sized(3)).isProblem(428, "precondition-required");
        gateway.send(as("strict", "PUT", "/api/customers/1").sized(3).with("if-match", "\"v1\""))
                .isServed();
        gateway.send(as("strict", "GET", "/api/customers/1")).isServed();
    }

    @Test
    void sendsNothingOnThatMustRunOnceWhileThereIsNoGuard() throws Exception {
        Request create = as("strict", "POST", "/api/orders").with("idempotency-key", KEY);
        Answer refused = gateway.send(create.sized(3)).isProblem(503, "store-unavailable");
        assertThat(refused.header("retry-after")).isEqualTo("1");
        gateway.send(as("acme-de", "POST", "/api/orders")
                        .with("idempotency-key", KEY)
                        .sized(3))
                .isServed();
    }

    @Test
    void sendsNoWriteOnOfWhatHasALedgerWhileThereIsNoGuard() throws Exception {
        gateway.send(as("sole", "PUT", "/api/orders/1").sized(3)).isProblem(503, "store-unavailable");
        gateway.send(as("sole", "GET", "/api/orders/1")).isServed();
        gateway.send(as("sole", "PUT", "/api/customers/1").sized(3)).isServed();
    }

    @Test
    void letsNothingPassThatTheGuardShouldSeeWhenItIsAway() throws Exception {
        gateway.change(setting("global", "guard.service", "[\"unix:/nonexistent/guard.sock\"]"));
        gateway.send(as("acme-de", "POST", "/api/orders").sized(3)).isServed();
        gateway.send(as("acme-de", "GET", "/api/orders/1")).isServed();
        for (String condition : new String[] {"idempotency-key", "if-match", "if-none-match"}) {
            Request asked =
                    as("acme-de", "PUT", "/api/orders/1").with(condition, KEY).sized(3);
            Answer refused = gateway.send(asked).isProblem(503, "store-unavailable");
            assertThat(refused.json().path("retryable").asBoolean()).isTrue();
            gateway.send(as("free", "PUT", "/api/orders/1").with(condition, KEY).sized(3))
                    .isServed();
        }
        gateway.send(as("tagged", "GET", "/api/orders/1")).isProblem(503, "store-unavailable");
        gateway.send(as("tagged", "GET", "/api/orders/1").with("x-gatewright-tags", "0"))
                .isProblem(503, "store-unavailable");
        gateway.send(as("sole", "PUT", "/api/orders/1").sized(3)).isProblem(503, "store-unavailable");
        gateway.send(as("sole", "GET", "/api/orders/1")).isProblem(503, "store-unavailable");
        gateway.send(as("tagged", "PUT", "/api/orders/1")
                        .with("x-gatewright-tags", "ledger")
                        .sized(3))
                .isServed();
        gateway.send(as("tagged", "GET", "/api/customers/1").with("x-gatewright-tags", "1"))
                .isServed();
    }
}
