package io.gatewright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class IdempotencyTest {
    private static final String ODD = "a/b?c=d%2F;e+f~g&#i";
    private static final String PATH = "/v1/idempotency/acme-de/orders/create/a%2Fb%3Fc%3Dd%252F%3Be%2Bf~g%26%23i";

    private FakeControlPlane plane;

    IdempotencyTest() throws IOException {
        plane = new FakeControlPlane();
    }

    @BeforeEach
    void answer() {
        String state = "{'route':'orders/create','state':'unknown','correlationId':'c-1','cause':'time\\u001b[31mout'}";
        plane.on("GET " + PATH + "?actor=al%20ice", 200, state)
                .on("GET " + PATH, 404, "{'title':'Not found','detail':'key: there is no such key'}")
                .on("POST " + PATH + "/release?actor=al%20ice", 200, state)
                .on("POST " + PATH + "/reconcile", 200, state);
    }

    @AfterEach
    void stop() {
        plane.close();
    }

    @Test
    void showsAKeyThatMustBeEncodedOfAnActor() {
        FakeControlPlane.Run run =
                plane.run("idempotency", "show", "acme-de", "orders/create", ODD, "--actor", "al ice");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out().lines())
                .containsExactly(
                        "KEY            OF orders/create",
                        "state          unknown",
                        "correlationId  c-1",
                        "cause          time [31mout");
    }

    @Test
    void endsWithOneWhenThereIsNoSuchKey() {
        FakeControlPlane.Run run = plane.run("idempotency", "show", "acme-de", "orders/create", ODD);

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("there is no such key");
    }

    @Test
    void sendsTheReason() {
        FakeControlPlane.Run run = plane.run(
                "idempotency", "release", "acme-de", "orders/create", ODD, "--actor=al ice", "--reason=not there");

        assertThat(run.out()).isEqualTo("The key is free; the next attempt runs.\n");
        assertThat(plane.last().body()).hasToString("{\"reason\":\"not there\"}");
    }

    @Test
    void sendsStatusAndPlace() {
        FakeControlPlane.Run run = plane.run(
                "idempotency",
                "reconcile",
                "acme-de",
                "orders/create",
                ODD,
                "--status=201",
                "--location=/orders/7",
                "--reason=there");

        assertThat(run.out()).isEqualTo("The key is done; retries are told so.\n");
        assertThat(plane.last().body()).hasToString("{\"status\":201,\"reason\":\"there\",\"location\":\"/orders/7\"}");
    }

    @Test
    void sendsNothingWithoutAReason() {
        FakeControlPlane.Run run = plane.run("idempotency", "release", "acme-de", "orders/create", ODD);

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("--reason");
        assertThat(plane.lines()).isEmpty();
    }
}
