package io.gatewright.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.settings.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens of a real Keycloak through a real Envoy. Runs by {@code ./gatewright test --keycloak}, which brings Keycloak. */
@Tag("keycloak")
final class KeycloakIT {
    private static final Duration AT_MOST = Duration.ofSeconds(60);
    private static final String PATH = "/api/orders/1";

    @TempDir
    Path directory;

    private static Path home() throws Exception {
        try (Stream<Path> unpacked = Files.list(Path.of("target/keycloak"))) {
            return unpacked.filter(path -> path.getFileName().toString().startsWith("keycloak-"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void servesTokensOfARealmThroughARotationOfItsKeys() throws Exception {
        List<String> flags = List.of("--ephemeral", "--keys-interval=PT1S", "--keys-grace=PT10S");
        try (Keycloak keycloak = new Keycloak(home(), directory.resolve("keycloak.log"));
                Outage outage = new Outage(directory, flags)) {
            outage.commit(
                    Documents.of(
                            Kind.ISSUER,
                            "keycloak",
                            "{\"issuer\":\"%s\",\"audiences\":[\"freshplan-api\"]}".formatted(keycloak.issuer())),
                    Documents.tenant("acme"),
                    Documents.setting("tenant=acme", "oidc.issuers", "[\"keycloak\"]"));
            String first = keycloak.signingKey();
            Keys.awaitLive(outage.api(), "keycloak", first);
            Request old = Request.get(PATH).token(keycloak.token());
            Answer served = Connection.once(outage.port(), old).isServed();
            assertThat(served.upstreamGot("x-tenant-id")).containsExactly("acme");
            assertThat(served.upstreamGot("x-user-id")).singleElement().isNotEqualTo("");
            Connection.once(
                            outage.port(),
                            Request.get(PATH).token(keycloak.idToken()).tenant("acme"))
                    .isProblem(401, "invalid-token");

            Traffic before = new Traffic(outage.port(), old, old);
            String component = keycloak.addKey("next", false);
            String second = keycloak.keyOf(component);
            Keys.awaitLive(outage.api(), "keycloak", second);
            assertThat(keycloak.signingKey()).isEqualTo(first);
            keycloak.activate(component);
            assertThat(keycloak.signingKey()).isEqualTo(second);
            Request fresh = Request.get(PATH).token(keycloak.token());
            try (Traffic after = new Traffic(outage.port(), fresh, fresh)) {
                keycloak.remove(keycloak.componentOf(first));
                Waiting.until("the old key leaves", AT_MOST, () -> Keys.leaves(outage.api(), "keycloak", first));
                before.awaitMore(100);
                before.close();
                Waiting.until(
                        "the old key has left",
                        AT_MOST,
                        () -> Connection.once(outage.port(), old).status() == 401);
                after.awaitMore(100);
            }
        }
    }
}
