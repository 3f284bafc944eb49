package io.gatewright.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.guard.IdempotencyKey.Read;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class IdempotencyKeyTest {
    private static final String UUID = "8e03978e-40d5-43e8-bc93-6894a57f9324";

    private static Read read(String... lines) {
        return IdempotencyKey.read(List.of(lines), "any");
    }

    private static void isMalformed(Read read) {
        assertThat(read).isInstanceOf(Read.Malformed.class);
    }

    @Test
    void case12QuotedAndBareAreOneKey() {
        assertThat(read('"' + UUID + '"')).isEqualTo(read(UUID)).isEqualTo(new Read.Good(new IdempotencyKey(UUID)));
        assertThat(read(" \t" + UUID + " ")).isEqualTo(read(UUID));
        assertThat(read("\"0123456789\\\"\\\\abcdef\""))
                .isEqualTo(new Read.Good(new IdempotencyKey("0123456789\"\\abcdef")));
        assertThat(read("\"0123456789,abcdef\"")).isEqualTo(new Read.Good(new IdempotencyKey("0123456789,abcdef")));
    }

    @Test
    void case39RefusesSeveralLinesAndLists() {
        isMalformed(read(UUID, UUID));
        isMalformed(read(UUID + "," + UUID));
        isMalformed(read("\"" + UUID + "\",\"" + UUID + "\""));
        isMalformed(read("\"" + UUID + "\";a=1"));
        isMalformed(read("0123456789abcdef\r\n 0123"));
    }

    @Test
    void case45HasSixteenTo255Characters() {
        isMalformed(read("a".repeat(15)));
        assertThat(read("a".repeat(16))).isInstanceOf(Read.Good.class);
        assertThat(read("a".repeat(255))).isInstanceOf(Read.Good.class);
        assertThat(read('"' + "a".repeat(255) + '"')).isInstanceOf(Read.Good.class);
        isMalformed(read("a".repeat(256)));
        isMalformed(read("a".repeat(65_536)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\"",
                "\"\"",
                "   ",
                "\"0123456789abcdef",
                "0123456789abcdef\"",
                "0123456789 abcdef",
                "0123456789\u0000abcdef",
                "0123456789\u00e9abcdef",
                "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19abcdef",
                "\"0123456789\\nabcdef\"",
                "\"0123456789abcdef\\\"",
                "0123456789\\abcdef",
                "\u202e0123456789abcdef"
            })
    void case46RefusesWhatIsNoPrintableAscii(String value) {
        isMalformed(read(value));
    }

    @Test
    void heedsTheFormThatARouteDemands() {
        assertThat(IdempotencyKey.read(List.of(UUID), "uuid")).isInstanceOf(Read.Good.class);
        isMalformed(IdempotencyKey.read(List.of("a".repeat(36)), "uuid"));
        isMalformed(IdempotencyKey.read(List.of(UUID), "time-ordered"));
        assertThat(IdempotencyKey.read(List.of("01ARZ3NDEKTSV4RRFFQ69G5FAV"), "time-ordered"))
                .isInstanceOf(Read.Good.class);
    }

    @Test
    void knowsTheTimeInAKey() {
        assertThat(new IdempotencyKey("017f22e2-79b0-7cc3-98c4-dc0c0c07398f").mintedAt("any"))
                .contains(Instant.parse("2022-02-22T19:22:22Z"));
        assertThat(new IdempotencyKey("01ARZ3NDEKTSV4RRFFQ69G5FAV").mintedAt("time-ordered"))
                .contains(Instant.ofEpochMilli(1469922850259L));
        assertThat(new IdempotencyKey(UUID).mintedAt("time-ordered")).isEmpty();
    }

    @Test
    void takesAWordOf26CharactersForATimeOnlyWhereKeysHaveOne() {
        assertThat(new IdempotencyKey("7ZZZZZZZZZINVOICE000000001".replace("I", "1")).mintedAt("any"))
                .isEmpty();
        assertThat(new IdempotencyKey(
                                "7ZZZZZZZZZINVOICE000000001".replace("I", "1").replace("O", "0"))
                        .mintedAt("time-ordered"))
                .isPresent();
    }
}
