package io.gatewright.server.keys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.gatewright.settings.Body.Issuer;
import io.gatewright.settings.Body.SigningKeys;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class KeySetTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final Duration GRACE = Duration.ofMinutes(10);
    private static final Issuer ISSUER = issuer("https://id.example");

    private static Issuer issuer(String url) {
        return new Issuer(URI.create(url), null, List.of("a"), List.of("RS256"), null, "t", "o", "sub");
    }

    private static List<JsonNode> keys(String... ids) {
        return Stream.of(ids)
                .<JsonNode>map(id -> JsonNodeFactory.instance.objectNode().put("kid", id))
                .toList();
    }

    private static List<String> ids(SigningKeys keys) {
        return keys.keys().stream().map(key -> key.path("kid").asText()).toList();
    }

    private static SigningKeys merged(SigningKeys known, Instant now, String... published) {
        return KeySet.merged(ISSUER, known, keys(published), now, GRACE);
    }

    @Test
    void keepsAKeyForTheGraceTimeAfterItVanished() {
        SigningKeys first = KeySet.merged(ISSUER, null, keys("b", "a"), NOW, GRACE);
        SigningKeys second = merged(first, NOW.plusSeconds(60), "c", "b");
        SigningKeys third = merged(second, NOW.plusSeconds(120), "c", "b");
        SigningKeys last = merged(third, NOW.plusSeconds(660), "c", "b");

        assertThat(ids(first)).containsExactly("a", "b");
        assertThat(first.leaving()).isEmpty();
        assertThat(ids(second)).containsExactly("a", "b", "c");
        assertThat(second.leaving()).isEqualTo(Map.of("a", NOW.plusSeconds(660)));
        assertThat(third).isEqualTo(second);
        assertThat(ids(last)).containsExactly("b", "c");
        assertThat(last.leaving()).isEmpty();
    }

    @Test
    void takesAKeyBackThatIsPublishedAgain() {
        SigningKeys without =
                merged(merged(KeySet.merged(ISSUER, null, keys("a"), NOW, GRACE), NOW, "b"), NOW, "a", "b");

        assertThat(without.leaving()).isEmpty();
        assertThat(ids(without)).containsExactly("a", "b");
    }

    @Test
    void dropsAKeyAtOnceWithoutGrace() {
        SigningKeys known = KeySet.merged(ISSUER, null, keys("a"), NOW, GRACE);

        assertThat(ids(KeySet.merged(ISSUER, known, keys("b"), NOW, Duration.ZERO)))
                .containsExactly("b");
    }

    @Test
    void replacesAKeyThatIsAnotherUnderTheSameId() {
        SigningKeys known = KeySet.merged(ISSUER, null, keys("a"), NOW, GRACE);
        JsonNode other = JsonNodeFactory.instance.objectNode().put("kid", "a").put("n", "other");

        assertThat(KeySet.merged(ISSUER, known, List.of(other), NOW, GRACE).keys())
                .containsExactly(other);
    }

    @Test
    void givesKeysOfAnotherUrlNoGrace() {
        SigningKeys known = KeySet.merged(issuer("https://old.example"), null, keys("a"), NOW, GRACE);
        SigningKeys unknownSource = new SigningKeys(keys("a"), null);

        assertThat(ids(merged(known, NOW, "b"))).containsExactly("b");
        assertThat(ids(merged(unknownSource, NOW, "b"))).containsExactly("b");
    }

    @Test
    void letsOnlyThoseLeaveInAnOutageThatWereLeavingBefore() {
        SigningKeys known = merged(KeySet.merged(ISSUER, null, keys("a"), NOW, GRACE), NOW, "b");

        assertThat(KeySet.kept(known, NOW.plusSeconds(599))).isEqualTo(known);
        SigningKeys later = KeySet.kept(known, NOW.plus(Duration.ofDays(30)));
        assertThat(ids(later)).containsExactly("b");
        assertThat(later.leaving()).isEmpty();
    }

    @Test
    void neverHoldsMoreThanADocumentMay() {
        SigningKeys known = null;
        for (int round = 0; round < 5; round++) {
            int from = round * 32;
            String[] ids =
                    IntStream.range(from, from + 32).mapToObj(i -> "k" + i).toArray(String[]::new);
            known = KeySet.merged(ISSUER, known, keys(ids), NOW, GRACE);
            assertThat(ids(known)).hasSizeLessThanOrEqualTo(64).contains(ids);
        }
    }
}
