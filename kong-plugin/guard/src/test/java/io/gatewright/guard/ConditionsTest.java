package io.gatewright.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Octets;
import io.gatewright.guard.http.Reply;
import io.gatewright.guard.http.RequestHead;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ConditionsTest {
    private static final Octets SECRET = Octets.of("0123456789abcdef0123456789abcdef");

    private static GuardPolicy policy(String conditions, String tags) {
        return new GuardPolicy(
                "off",
                Set.of(),
                Duration.ofHours(24),
                "any",
                Duration.ZERO,
                false,
                false,
                "unknown",
                false,
                1_024,
                conditions,
                Set.of("PUT", "PATCH"),
                tags,
                Duration.ofSeconds(30),
                null);
    }

    private static int refusal(String method, String conditions, String... fields) {
        RequestHead head = new RequestHead(method, "/a", Fields.of(fields));
        return Conditions.refusal(head, policy(conditions, "upstream"), "c")
                .map(Reply::status)
                .orElse(0);
    }

    private static ResponseChange answer(
            String method, String tags, int status, Fields answer, @Nullable Octets body, String... fields) {
        Pending pending = new Pending(
                new RequestHead(method, "/a", Fields.of(fields)),
                new Caller("acme-de", "acme", "alice", "orders", "", "c", "r"),
                policy("honour", tags),
                null,
                "",
                Instant.EPOCH);
        return Conditions.answer(pending, SECRET, status, answer, body);
    }

    @Test
    void case67DemandsAConditionOfWritesWhereOneIsRequired() {
        assertThat(refusal("PUT", "require")).isEqualTo(428);
        assertThat(refusal("PUT", "require", "if-unmodified-since", "Sat, 29 Oct 1994 19:43:31 GMT"))
                .isEqualTo(428);
        assertThat(refusal("PUT", "require", "if-match", "*")).isEqualTo(428);
        assertThat(refusal("PUT", "require", "if-none-match", "*")).isZero();
        assertThat(refusal("PUT", "require", "if-none-match", "\"a\"")).isEqualTo(428);
        assertThat(refusal("PUT", "require", "if-match", "\"a\"")).isZero();
        assertThat(refusal("GET", "require")).isZero();
        assertThat(refusal("PUT", "honour")).isZero();
    }

    @Test
    void case70And72RefusesWhatCanNeverHoldOrBeRead() {
        assertThat(refusal("PUT", "honour", "if-match", "W/\"a\"")).isEqualTo(412);
        assertThat(refusal("PUT", "honour", "if-match", "W/\"a\", \"b\"")).isZero();
        assertThat(refusal("PUT", "honour", "if-match", "a")).isEqualTo(400);
        assertThat(refusal("GET", "honour", "if-none-match", "a")).isEqualTo(400);
        assertThat(refusal("GET", "honour", "if-none-match", "W/\"a\"")).isZero();
        assertThat(refusal("PUT", "off", "if-match", "a")).isZero();
    }

    @Test
    void case78AnswersNotModifiedWithWhatA200WouldHaveSaidOfIt() {
        Fields answer = Fields.of("etag", "\"v1\"", "content-length", "2", "vary", "accept");
        ResponseChange change = answer("GET", "upstream", 200, answer, null, "if-none-match", "\"x\", W/\"v1\"");
        assertThat(change.status()).isEqualTo(304);
        assertThat(change.remove()).contains("content-length", "content-type").doesNotContain("etag", "vary");
        assertThat(answer("HEAD", "upstream", 200, answer, null, "if-none-match", "\"v1\"")
                        .status())
                .isEqualTo(304);
        assertThat(answer("GET", "upstream", 200, answer, null, "if-none-match", "\"v2\"")
                        .status())
                .isZero();
        assertThat(answer("GET", "upstream", 206, answer, null, "if-none-match", "\"v1\"")
                        .status())
                .isZero();
        assertThat(answer("GET", "upstream", 200, Fields.none(), null, "if-none-match", "*")
                        .status())
                .as("there is one, whatever its tag")
                .isEqualTo(304);
    }

    @Test
    void case81NeverMakes304OfAWrite() {
        Fields answer = Fields.of("etag", "\"v1\"");
        assertThat(answer("PUT", "digest", 200, answer, Octets.of("x"), "if-none-match", "\"v1\""))
                .isEqualTo(ResponseChange.NONE);
    }

    @Test
    void makesTagsOfReadsWhereThePolicySaysSo() {
        Octets body = Octets.of("{}");
        String made = answer("GET", "digest", 200, Fields.none(), body).set().first("etag");
        assertThat(EntityTag.read(made)).get().extracting(EntityTag::weak).isEqualTo(false);
        assertThat(answer("GET", "digest", 200, Fields.none(), body, "if-none-match", made)
                        .status())
                .isEqualTo(304);
        assertThat(answer("GET", "auto", 200, Fields.of("etag", "\"u\""), body)
                        .set()
                        .has("etag"))
                .isFalse();
        assertThat(answer("GET", "auto", 200, Fields.none(), body).set().has("etag"))
                .isTrue();
        assertThat(answer("GET", "digest", 200, Fields.of("cache-control", "no-store"), body)
                        .set()
                        .has("etag"))
                .isFalse();
        assertThat(answer("GET", "digest", 404, Fields.none(), body).set().has("etag"))
                .isFalse();
        assertThat(answer("GET", "digest", 200, Fields.none(), null).set().has("etag"))
                .isFalse();
        assertThat(Optional.of(made).get()).hasSize(45);
    }
}
