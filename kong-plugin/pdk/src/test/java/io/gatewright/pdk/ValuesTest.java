package io.gatewright.pdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Kong's answers are in Java; the numbers are those of the conformance cases. */
final class ValuesTest {
    @Test
    @DisplayName("K37 an empty text is absent")
    void anEmptyTextIsAbsent() {
        Kong kong = Scripted.answering("", "0a00", "0a0161").in(Phase.ACCESS);
        assertThat(kong.request().getHeader("a")).isEmpty();
        assertThat(kong.request().getHeader("a")).isEmpty();
        assertThat(kong.request().getHeader("a")).contains("a");
    }

    @Test
    @DisplayName("K38 a boolean that is not sent is false")
    void readsBooleans() {
        Kong kong = Scripted.answering("", "0800", "0801").in(Phase.LOG);
        assertThat(kong.ip().isTrusted("1.1.1.1")).isFalse();
        assertThat(kong.ip().isTrusted("1.1.1.1")).isFalse();
        assertThat(kong.ip().isTrusted("1.1.1.1")).isTrue();
    }

    @Test
    @DisplayName("K39 Lua's values, nil under any number")
    void readsLuaValues() {
        Kong kong = Scripted.answering("0801", "0800", "", "2000", "2a00", "3200", "11000000000000f83f", "1a0161")
                .in(Phase.ACCESS);
        List<Value> expected = List.of(
                Value.nil(),
                Value.nil(),
                Value.nil(),
                new Value.Flag(false),
                Value.of(Map.of()),
                Value.of(List.of()),
                Value.of(1.5),
                Value.of("a"));
        for (Value value : expected) {
            assertThat(kong.ctx().shared().get("k")).isEqualTo(value);
        }
    }

    @Test
    @DisplayName("K40 nil and false are refused, clear sends no value")
    void sendsNoValueThatKongWouldTurnIntoAnother() {
        Scripted scripted = Scripted.answering("");
        Ctx.Shared shared = scripted.in(Phase.ACCESS).ctx().shared();
        assertThatThrownBy(() -> shared.set("k", Value.nil())).hasMessageContaining("clear");
        assertThatThrownBy(() -> shared.set("k", new Value.Flag(false))).hasMessageContaining("0");
        assertThatThrownBy(() -> shared.set("k", Value.of(List.of(new Value.Flag(false)))))
                .isInstanceOf(IllegalArgumentException.class);
        shared.clear("k");
        assertThat(scripted.asked()).containsExactly("kong.ctx.shared.set 0a016b");
    }

    @Test
    @DisplayName("K41 headers with one value and several, in whatever bytes")
    void readsHeaders() {
        Kong kong = Scripted.answering("""
                        0a 0a 0a 01 61 12 05 1a 03 63 61 e9
                        0a 10 0a 01 62 12 0b 32 09 0a 03 1a 01 31 0a 02 1a 00
                        """.replace("\n", "")).in(Phase.ACCESS);
        Headers headers = kong.request().getHeaders();
        assertThat(headers.names()).containsExactly("a", "b");
        assertThat(headers.first("A")).contains("ca\u00e9");
        assertThat(headers.all("b")).containsExactly("1", "");
        assertThat(headers.has("c")).isFalse();
    }

    @Test
    @DisplayName("K42 a body is content, a file, or an error")
    void readsBodies(@TempDir Path directory) throws IOException {
        Path file = Files.write(directory.resolve("b"), new byte[] {0, (byte) 0xff});
        Kong kong = Scripted.answering(
                        "0a00", "", "0a0161", filePath(file), filePath(directory.resolve("gone")), "1a0162")
                .in(Phase.ACCESS);
        assertThat(kong.request().getRawBody().bytes()).isEmpty();
        assertThat(kong.request().getRawBody().bytes()).isEmpty();
        assertThat(kong.request().getRawBody().bytes()).containsExactly('a');
        Body inFile = kong.request().getRawBody();
        assertThat(inFile.bytes()).containsExactly(0, 0xff);
        assertThat(inFile.size()).isEqualTo(2);
        Body gone = kong.request().getRawBody();
        assertThatThrownBy(gone::bytes)
                .isInstanceOf(KongException.class)
                .hasMessageContaining("gone")
                .hasMessageContaining("user of Kong");
        assertThatThrownBy(() -> kong.request().getRawBody())
                .isInstanceOf(KongException.class)
                .hasMessageEndingWith(": b");
    }

    @Test
    @DisplayName("K43 K44 a body as Kong 2.8 sends it, and the upstream's")
    void readsBodiesOfOtherVersions() {
        assertThat(Scripted.answering("0a0161")
                        .in(Phase.ACCESS, new KongVersion(2, 8))
                        .request()
                        .getRawBody()
                        .bytes())
                .containsExactly('a');
        assertThat(Scripted.answering("0a02ff00")
                        .in(Phase.RESPONSE)
                        .service()
                        .response()
                        .getRawBody()
                        .bytes())
                .containsExactly(0xff, 0);
    }

    @Test
    @DisplayName("K45 100 headers unless said otherwise, 1 to 1000")
    void limitsHeaders() {
        Scripted scripted = Scripted.answering("", "");
        Kong kong = scripted.in(Phase.ACCESS);
        assertThatThrownBy(() -> kong.request().getHeaders(0)).hasMessageContaining("1 to 1000");
        assertThatThrownBy(() -> kong.request().getHeaders(1001)).hasMessageContaining("1 to 1000");
        kong.request().getHeaders();
        kong.request().getHeaders(1000);
        assertThat(scripted.asked())
                .containsExactly("kong.request.get_headers 0864", "kong.request.get_headers 08e807");
    }

    @Test
    @DisplayName("K46 arguments of the query come from the raw query")
    void readsQueryArguments() {
        assertThat(queryArg("flag", "flag")).contains("");
        assertThat(queryArg("a=1&a=2", "a")).contains("1");
        assertThat(queryArg("x=%E9", "x")).contains("\u00e9");
        assertThat(queryArg("x=%C3%A9+%2B%zz", "x")).contains("\u00e9 +%zz");
        assertThat(queryArg("%78=1", "x")).contains("1");
        assertThat(queryArg("", "x")).isEmpty();
        assertThat(queryArg("&&=1&y", "x")).isEmpty();
    }

    @Test
    @DisplayName("K47 entities with fields unknown here, and no entity")
    void readsEntities() {
        Kong kong = Scripted.answering("0a0169 f80701 2201 6e", "", "", "").in(Phase.ACCESS);
        Router.Route route = kong.router().getRoute().orElseThrow();
        assertThat(route.id()).isEqualTo("i");
        assertThat(route.name()).contains("n");
        assertThat(kong.client().getConsumer()).isEmpty();
        assertThat(kong.client().getCredential()).isEmpty();
        assertThat(kong.router().getService()).isEmpty();
    }

    @Test
    @DisplayName("K48 a line of log is one text with the plugin's name, and below the threshold nothing")
    void sendsLogLines() {
        Scripted scripted = Scripted.answering("");
        Kong kong = scripted.in(Phase.LOG);
        kong.log().info("unseen");
        kong.log().warn("a\nb");
        String line = HexFormat.of().formatHex("[plug] a\\nb".getBytes(StandardCharsets.US_ASCII));
        assertThat(scripted.asked()).containsExactly("kong.log.warn 0a0d1a0b" + line);
    }

    @Test
    void headersInTheResponsePhaseComeFromNginx() {
        Scripted scripted = Scripted.answering("0a0131", "0a0132");
        Kong kong = scripted.in(Phase.RESPONSE);
        assertThat(kong.request().getHeader("If-Match")).contains("1");
        assertThat(kong.requestId()).contains("2");
        assertThat(scripted.asked())
                .containsExactly(
                        "kong.nginx.get_var 0a0d" + hex("http_if_match"),
                        "kong.nginx.get_var 0a0f" + hex("kong_request_id"));
    }

    @Test
    void theRequestIdInLogComesFromTheResponse() {
        Scripted scripted = Scripted.answering("0a0131");
        assertThat(scripted.in(Phase.LOG).requestId()).contains("1");
        assertThat(scripted.asked()).containsExactly("kong.response.get_header 0a11" + hex("x-kong-request-id"));
    }

    @Test
    void aHeldBackResponseCanBeReadInLogAndAnotherIsNotAskedFor() {
        Scripted held = Scripted.answering("11 0000000000006940", "08c801", "0a0161");
        ServiceResponse response =
                held.in(Phase.LOG).service().bufferedResponse().orElseThrow();
        assertThat(response.getStatus()).isEqualTo(200);
        assertThat(response.getRawBody().bytes()).containsExactly('a');
        Scripted streamed = Scripted.answering("0801");
        assertThat(streamed.in(Phase.LOG).service().bufferedResponse()).isEmpty();
        assertThat(streamed.asked()).hasSize(1);
    }

    @Test
    void badArgumentsAreRefusedBeforeKongSeesThem() {
        Scripted scripted = Scripted.answering();
        Kong kong = scripted.in(Phase.ACCESS);
        for (Runnable wrong : Set.<Runnable>of(
                () -> kong.response().setStatus(99),
                () -> kong.response().setHeader("a b", "c"),
                () -> kong.response().setHeader("", "c"),
                () -> kong.response().setHeader("a", "b\r\nc: d"),
                () -> kong.response().setHeader("a", "\u20ac"),
                () -> kong.response().setHeader("a", List.of()),
                () -> kong.service().setTarget("h", 65536),
                () -> kong.service().request().setMethod("REPORT"),
                () -> kong.service().request().setPath("a"),
                () -> kong.service().request().setScheme("ftp"),
                () -> kong.client().loadConsumer("bob"))) {
            assertThatThrownBy(wrong::run).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(scripted.asked()).isEmpty();
    }

    @Test
    void headersAreBytesBothWays() {
        Scripted scripted = Scripted.answering("");
        scripted.in(Phase.ACCESS).response().setHeader("X", "caf\u00e9");
        assertThat(scripted.asked()).containsExactly("kong.response.set_header 0a015812061a04636166e9");
    }

    private static Optional<String> queryArg(String query, String name) {
        return Scripted.answering("0a%02x%s".formatted(query.length(), hex(query)))
                .in(Phase.ACCESS)
                .request()
                .getQueryArg(name);
    }

    private static String filePath(Path path) {
        return "12%02x%s".formatted(path.toString().length(), hex(path.toString()));
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
    }
}
