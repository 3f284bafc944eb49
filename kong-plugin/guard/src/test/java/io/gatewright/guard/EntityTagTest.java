package io.gatewright.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.guard.EntityTag.Condition;
import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Octets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EntityTagTest {
    private static final Octets SECRET = Octets.of("0123456789abcdef0123456789abcdef");

    private static Condition read(String... lines) {
        return EntityTag.condition(List.of(lines)).orElseThrow();
    }

    @Test
    void case72ReadsListsAsTheStandardHasThem() {
        assertThat(read("\"a\", \"b\"").tags()).containsExactly(new EntityTag(false, "a"), new EntityTag(false, "b"));
        assertThat(read("\"a,b\"").tags()).containsExactly(new EntityTag(false, "a,b"));
        assertThat(read("\"a\"", "W/\"b\"").tags())
                .containsExactly(new EntityTag(false, "a"), new EntityTag(true, "b"));
        assertThat(read(", \"a\",, \t\"\" ,").tags())
                .containsExactly(new EntityTag(false, "a"), new EntityTag(false, ""));
        assertThat(read(" * ").any()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "\"a",
                "\"a\" \"b\"",
                "*, \"a\"",
                "\"a\", *",
                "w/\"a\"",
                "W/a",
                "\"a\"b",
                "\"a\u007f\"",
                "\"a b\""
            })
    void case72RefusesWhatIsNoList(String value) {
        assertThat(EntityTag.condition(List.of(value))).isEmpty();
    }

    @Test
    void refusesMoreThan32TagsOr8KiB() {
        assertThat(EntityTag.condition(List.of("\"a\"" + ",\"a\"".repeat(31)))).isPresent();
        assertThat(EntityTag.condition(List.of("\"a\"" + ",\"a\"".repeat(32)))).isEmpty();
        assertThat(EntityTag.condition(List.of('"' + "a".repeat(8_191) + '"'))).isEmpty();
    }

    @Test
    void case70WeakTagsNeverMatchStrongly() {
        assertThat(read("W/\"a\"").hasStrong(new EntityTag(false, "a"))).isFalse();
        assertThat(read("\"a\"").hasStrong(new EntityTag(true, "a"))).isFalse();
        assertThat(read("\"b\", \"a\"").hasStrong(new EntityTag(false, "a"))).isTrue();
        assertThat(read("W/\"a\"").hasWeak(new EntityTag(false, "a"))).isTrue();
    }

    @Test
    void case85And86DigestsDifferByTenantTypeAndCoding() {
        Fields json = Fields.of("content-type", "application/json");
        EntityTag tag = EntityTag.digest(SECRET, json, Octets.of("{}"));
        assertThat(EntityTag.digest(SECRET, json, Octets.of("{}"))).isEqualTo(tag);
        assertThat(EntityTag.digest(Octets.of("another secret of another tenant"), json, Octets.of("{}")))
                .isNotEqualTo(tag);
        assertThat(EntityTag.digest(SECRET, Fields.of("content-type", "text/xml"), Octets.of("{}")))
                .isNotEqualTo(tag);
        assertThat(EntityTag.digest(SECRET, json.plus("content-encoding", "gzip"), Octets.of("{}"))
                        .text())
                .endsWith("-gzip\"");
        assertThat(EntityTag.read(tag.text())).contains(tag);
    }
}
