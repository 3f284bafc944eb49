package io.gatewright.guard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Reply;
import io.gatewright.guard.http.RequestHead;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A key of its own for each test, and a guarded upstream. One thread at a time. */
class GuardFixture {
    private static final ObjectMapper JSON = new ObjectMapper();

    final String key = UUID.randomUUID().toString();
    GuardedUpstream upstream;

    @BeforeEach
    final void startUpstream() {
        upstream = new GuardedUpstream();
    }

    @AfterEach
    final void stopUpstream() {
        upstream.close();
    }

    final RequestHead post(String... fields) {
        return request("POST", "/orders", fields);
    }

    final RequestHead request(String method, String target, String... fields) {
        return new RequestHead(
                method,
                target,
                Fields.of(fields).plus("idempotency-key", key).plus("content-type", "application/json"));
    }

    final Reply send(String body) {
        return upstream.send(post(), body);
    }

    static void isProblem(Reply reply, int status, String type) throws JsonProcessingException {
        assertThat(reply.status()).as(reply.body().text()).isEqualTo(status);
        assertThat(reply.fields().first("content-type")).isEqualTo("application/problem+json");
        assertThat(reply.fields().first("cache-control")).isEqualTo("no-store");
        JsonNode problem = JSON.readTree(reply.body().text());
        assertThat(problem.path("type").asText()).isEqualTo("urn:gatewright:problem:" + type);
        assertThat(problem.path("status").asInt()).isEqualTo(status);
        assertThat(problem.path("retryable").isBoolean()).isTrue();
        assertThat(problem.path("correlationId").asText()).hasSize(36);
    }

    final void ran(int times) {
        assertThat(upstream.executions).hasValue(times);
    }
}
