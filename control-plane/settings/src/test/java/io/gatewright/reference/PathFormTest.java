package io.gatewright.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.settings.Given;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PathFormTest {

    @ParameterizedTest
    @CsvSource({
        "/, /",
        "/a/b, /a/b",
        "/a/b/, /a/b/",
        "//a///b, /a/b",
        "/a/./b, /a/b",
        "/a/../b, /b",
        "/../../b, /b",
        "/a/b/.., /a/",
        "/%61%7E, /a~",
        "/%C3%A4, /%C3%A4",
        "/a%3fb, /a%3fb",
        "/a%2, /a%2",
        "/a?b=/../c, /a"
    })
    void isWhatPathsAreComparedBy(String written, String form) {
        assertThat(PathForm.of(written)).contains(form);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a%2fb", "/a%2Fb", "/a%5Cb", "a", "", "/a#b"})
    void existsForNoPathThatReadersMayTakeDifferently(String written) {
        assertThat(PathForm.of(written)).isEmpty();
    }

    @Test
    void picksTheLongestPrefixThenTheTemplateWithTheFewestParameters() {
        var settings = Given.settings(
                Given.document(
                        "module/deep",
                        1,
                        "{\"prefix\":\"/orders/deep\",\"upstream\":{\"endpoints\":[\"a:80\"]},\"routes\":["
                                + "{\"name\":\"any\",\"path\":\"/{a}/{b}\"},{\"name\":\"b-one\",\"path\":\"/x/{b}\"},"
                                + "{\"name\":\"a-one\",\"path\":\"/{a}/y\",\"methods\":[\"GET\"]},{\"name\":\"exact\",\"path\":\"/x/y\"}]}"));

        assertThat(Target.of(settings, "GET", "/orders/deep/x/y")).hasToString("route=deep/exact");
        assertThat(Target.of(settings, "GET", "/orders/deep/x/z")).hasToString("route=deep/b-one");
        assertThat(Target.of(settings, "GET", "/orders/deep/z/y")).hasToString("route=deep/a-one");
        assertThat(Target.of(settings, "PUT", "/orders/deep/z/y")).hasToString("route=deep/any");
        assertThat(Target.of(settings, "PUT", "/orders/deep/z")).hasToString("module=deep");
        assertThat(Target.of(settings, "PUT", "/orders/deeper")).hasToString("route=orders/read");
    }
}
