package io.gatewright.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.guard.http.Digests;
import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Octets;
import io.gatewright.guard.http.RequestHead;
import org.junit.jupiter.api.Test;

final class FingerprintTest {
    private static final Octets BODY = Digests.of(Octets.of("{\"a\":1}"));

    private static Octets of(String target, String... fields) {
        return Fingerprint.of(new RequestHead("POST", target, Fields.of(fields)), BODY);
    }

    @Test
    void isEqualForWhatMeansTheSame() {
        assertThat(of("/a%7eb?q=%2f", "content-type", "Application/JSON; Charset=\"UTF-8\""))
                .isEqualTo(of("/a~b?q=%2F", "content-type", "application/json;charset=utf-8"));
        assertThat(of("/a", "accept", "x", "authorization", "y", "traceparent", "z"))
                .isEqualTo(of("/a"));
        assertThat(of("/a", "content-type", "multipart/form-data; boundary=1"))
                .isEqualTo(of("/a", "content-type", "multipart/form-data; boundary=2"));
    }

    @Test
    void case10And55DiffersForWhatDoesNot() {
        assertThat(of("/a/1")).isNotEqualTo(of("/a/2")).isNotEqualTo(of("/a/1?x=1"));
        assertThat(of("/a?x=1&y=2")).isNotEqualTo(of("/a?y=2&x=1"));
        assertThat(of("/a", "content-type", "text/plain")).isNotEqualTo(of("/a", "content-type", "text/html"));
        assertThat(of("/a", "if-match", "\"1\"")).isNotEqualTo(of("/a", "if-match", "\"2\""));
        assertThat(of("/a", "if-match", "\"1\"")).isNotEqualTo(of("/a", "if-none-match", "\"1\""));
        assertThat(Fingerprint.of(new RequestHead("PUT", "/a", Fields.none()), BODY))
                .isNotEqualTo(of("/a"));
        assertThat(Fingerprint.of(new RequestHead("POST", "/a", Fields.none()), Digests.of(Octets.of("{ \"a\":1}"))))
                .isNotEqualTo(of("/a"));
    }
}
