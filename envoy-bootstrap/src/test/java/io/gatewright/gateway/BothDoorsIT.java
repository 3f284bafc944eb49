package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.setting;
import static io.gatewright.gateway.Documents.tenant;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.settings.Document;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** One story of retries and stale writes, told by a real Envoy and by a simulated Kong: word for word the same but for what is listed. */
final class BothDoorsIT {
    private static final String ORDERS = "/api/orders";
    private static final String KEY = "the-key-of-an-order-";
    private static final Document[] SETTINGS = {
        tenant("strict"),
        setting("tenant=strict", "idempotency.mode", "\"required\""),
        setting("tenant=strict", "precondition.mode", "\"require\""),
        tenant("tagged"),
        setting("tenant=tagged", "precondition.etag", "\"auto\"")
    };

    /** Kong passes a read's answer on as it comes, unless it makes the tag: the module answers 304 itself. */
    private static final Map<String, String> OTHERWISE_ON_KONG =
            Map.of("GET /api/orders/1?etag=v1: 304, ran 1", "GET /api/orders/1?etag=v1: 200, ran 1");

    @Test
    void tellTheSameStory() throws Exception {
        List<List<String>> told;
        try (BothDoors doors = new BothDoors(SETTINGS)) {
            told = doors.tell(BothDoorsIT::story);
        }
        List<String> envoy = told.getFirst();
        List<String> kong = told.getLast();
        assertThat(kong)
                .isEqualTo(envoy.stream()
                        .map(line -> OTHERWISE_ON_KONG.getOrDefault(line, line))
                        .toList());
        assertThat(envoy)
                .contains(
                        "POST /api/orders: 200 executed, ran 1",
                        "POST /api/orders: 200 replayed marked, ran 0",
                        "POST /api/orders: 422 fingerprint-mismatch, ran 0",
                        "POST /api/orders/5?status=500: 409 outcome-unknown, ran 0",
                        "GET /api/orders/1?etag=v1: 304, ran 1",
                        "PUT /api/orders/1: 428 precondition-required, ran 0");
    }

    private static List<String> story(Teller gateway) throws IOException {
        List<String> lines = new ArrayList<>();
        Told teller = new Told(gateway, lines);
        String order = KEY + 1;
        teller.tell("acme-de", "POST", ORDERS, request -> request.with("idempotency-key", order));
        teller.tell("acme-de", "POST", ORDERS, request -> request.with("idempotency-key", order));
        teller.tell("acme-de", "POST", ORDERS, request -> request.with("idempotency-key", '"' + order + '"'));
        teller.tell(
                "acme-de",
                "POST",
                ORDERS,
                request -> request.with("idempotency-key", order).with("content-type", "text/plain"));
        teller.tell("acme-de", "POST", ORDERS, request -> request.with("idempotency-key", "short"));
        teller.tell(
                "acme-de",
                "POST",
                ORDERS,
                request -> request.with("idempotency-key", order).with("idempotency-key", order));
        teller.tell("acme-de", "POST", ORDERS, request -> request.with("idempotency-key", order + "ä"));
        teller.tell("acme-de", "POST", ORDERS, request -> request);
        teller.tell("strict", "POST", ORDERS, request -> request);
        for (String answer : List.of("500", "503", "501", "429", "409", "404", "201", "400&outcome=not-applied")) {
            String key = KEY + "status-" + answer.substring(0, 3);
            String path = ORDERS + "/5?status=" + answer;
            teller.tell("acme-de", "POST", path, request -> request.with("idempotency-key", key));
            teller.tell("acme-de", "POST", path, request -> request.with("idempotency-key", key));
        }
        teller.tell("acme-de", "PUT", ORDERS + "/5", request -> request.with("idempotency-key", KEY + "put"));
        teller.tell("acme-de", "PUT", ORDERS + "/5", request -> request.with("idempotency-key", KEY + "put"));
        teller.tell("acme-de", "PATCH", ORDERS + "/5", request -> request.with("idempotency-key", KEY + "patch"));
        teller.tell("acme-de", "GET", ORDERS + "/1", request -> request.with("idempotency-key", order));
        teller.tell("acme-de", "GET", ORDERS + "/1?etag=v1", request -> request.with("if-none-match", "\"v1\""));
        teller.tell("acme-de", "GET", ORDERS + "/1?etag=v2", request -> request.with("if-none-match", "\"v1\""));
        teller.tell("acme-de", "GET", ORDERS + "/1", request -> request.with("if-none-match", "v1"));
        teller.tell("acme-de", "PUT", ORDERS + "/1", request -> request.with("if-match", "W/\"v1\""));
        teller.tell("acme-de", "PUT", ORDERS + "/1", request -> request.with("if-match", "v1"));
        teller.tell("acme-de", "PUT", ORDERS + "/1", request -> request.with("if-match", "\"v1\""));
        teller.tell("strict", "PUT", ORDERS + "/1", request -> request);
        teller.tell("strict", "PUT", ORDERS + "/1", request -> request.with("if-none-match", "\"v1\""));
        teller.tell("strict", "PUT", ORDERS + "/1", request -> request.with("if-match", "*"));
        teller.tell("strict", "PUT", ORDERS + "/1", request -> request.with("if-none-match", "*"));
        return lines;
    }

    private record Told(Teller gateway, List<String> lines) {
        void tell(String tenant, String method, String path, UnaryOperator<Request> more) throws IOException {
            Request request = more.apply(gateway.as(tenant, method, path));
            String line = gateway.tell(method.equals("GET") ? request : request.sized(3));
            lines.add(method + " " + path + ": " + line);
        }
    }
}
