package io.gatewright.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.demo.StubIssuer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signing keys on their way from an issuer through the registry to a gateway that serves. */
final class KeyRotationIT {
    private static final Duration AT_MOST = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    @Test
    void refusesNoTokenBeforeDuringAndAfterARotationNorWhenTheIssuerFalls() throws Exception {
        List<String> flags = List.of("--ephemeral", "--keys-interval=PT1S", "--keys-grace=PT4S");
        try (Outage outage = new Outage(directory, flags)) {
            StubIssuer issuer = outage.issuer();
            String first = issuer.keyIds().getFirst();
            Request old = outage.request();
            Traffic before = new Traffic(outage.port(), old, old);
            String second = issuer.announce();
            Keys.awaitLive(outage.api(), "main", second);
            issuer.signWithNewest();
            try (Traffic after = outage.traffic()) {
                issuer.withdraw(first);
                Waiting.until("the old key leaves", AT_MOST, () -> Keys.leaves(outage.api(), "main", first));
                before.awaitMore(100);
                before.close();
                Waiting.until(
                        "the old key has left",
                        AT_MOST,
                        () -> Connection.once(outage.port(), old).status() == 401);
                after.awaitMore(100);

                issuer.close();
                Waiting.until(
                        "the issuer is seen to be away",
                        AT_MOST,
                        () -> Keys.of(outage.api(), "main").has("failure"));
                after.awaitMore(100);
                assertThat(Keys.of(outage.api(), "main").path("failure").asText())
                        .contains("cannot be asked");
                assertThat(Keys.of(outage.api(), "main").path("keys").findValuesAsText("kid"))
                        .containsExactly(second);
                assertThat(outage.metric("gatewright_issuers_unreachable", "")).isEqualTo(1);
            }
            JsonNode revisions = outage.api()
                    .get("/v1/revisions?kind=signing-keys&id=main&limit=10")
                    .path("revisions");
            assertThat(revisions.findValuesAsText("actor")).hasSize(4).containsOnly("system:jwks");
            assertThat(revisions.findValuesAsText("reason"))
                    .containsExactly(
                            "the issuer's keys changed: gone " + first,
                            "the issuer's keys changed: no longer published " + first,
                            "the issuer's keys changed: new " + second,
                            "the issuer's keys changed: new " + first);
        }
    }
}
