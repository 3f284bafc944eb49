package io.gatewright.settings;

import static io.gatewright.settings.Given.json;
import static io.gatewright.settings.Given.key;
import static io.gatewright.settings.Given.problems;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class BodyFormatTest {

    static Stream<Arguments> good() {
        return Stream.of(
                Arguments.of("org/acme", "{\"name\":\"Acme & Söhne\"}"),
                Arguments.of(
                        "tenant/acme-de",
                        "{\"org\":\"acme\",\"hosts\":[\"b.example\",\"a.example\"],\"status\":\"suspended\"}"),
                Arguments.of("tenant/acme-de", "{\"org\":\"acme\",\"hosts\":[],\"status\":\"active\"}"),
                Arguments.of("module/orders", """
                        {"prefix":"/orders/v1","upstream":{"endpoints":["a.internal:80","[::1]:65535"],"tls":true,
                         "connectTimeout":"PT0.25S","requestTimeout":"PT30S"},"routes":[
                         {"name":"create","methods":["PATCH","POST"],"path":"/","flags":["deduplicates"]},
                         {"name":"line","methods":[],"path":"/{id}/lines"}]}"""),
                Arguments.of("issuer/main", """
                        {"issuer":"https://id.example/r","jwksUri":"https://id.example/keys","audiences":["a","b"],
                         "algorithms":["RS256","ES256"],"tenant":"acme-de","tenantClaim":"t","orgClaim":"o","actorClaim":"sub"}"""),
                Arguments.of("listener/edge", "{\"address\":\"0.0.0.0\",\"port\":8443,\"tenant\":\"acme-de\"}"),
                Arguments.of("listener/edge", "{\"address\":\"::1\",\"port\":80}"),
                Arguments.of(
                        "listener/edge",
                        "{\"address\":\"0.0.0.0\",\"port\":443,\"certificate\":\"/etc/gatewright/certificates/acme.v2\"}"),
                Arguments.of("setting/tenant=acme-de,route=orders/create/rate-limit.burst", "{\"value\":\"none\"}"),
                Arguments.of("setting/global/rate-limit.requests", "{\"value\":5,\"locked\":true,\"min\":1,\"max\":9}"),
                Arguments.of("setting/org=acme/cors.max-age", "{\"max\":\"PT1M\"}"),
                Arguments.of(
                        "setting/global/cors.allowed-origins",
                        "{\"value\":[\"!https://old.example\",\"https://*.example.com\",\"https://a.example:8443\"]}"),
                Arguments.of(
                        "signing-keys/main",
                        "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"a\",\"n\":\"AQ\",\"e\":\"AQAB\"}]}"),
                Arguments.of("signing-keys/main", """
                        {"keys":[{"kty":"RSA","kid":"a","n":"AQ","e":"AQAB"}],"source":"https://id.example/r",
                         "leaving":{"a":"2030-01-31T06:00:00Z"}}"""));
    }

    @ParameterizedTest
    @MethodSource("good")
    void writesWhatItRead(String key, String text) {
        List<Problem> problems = new ArrayList<>();
        Body body = BodyFormat.read(key(key), json(text), problems);

        assertThat(problems).isEmpty();
        assertThat(body).isNotNull();
        if (body != null) {
            assertThat(BodyFormat.write(body)).isEqualTo(json(text));
            assertThat(BodyFormat.read(key(key), BodyFormat.write(body), problems))
                    .isEqualTo(body);
        }
    }

    @Test
    void coversEveryKind() {
        Set<Kind> covered = new HashSet<>();
        good().forEach(arguments ->
                covered.add(key(String.valueOf(arguments.get()[0])).kind()));

        assertThat(covered).containsExactlyInAnyOrder(Kind.values());
    }

    static Stream<Arguments> bad() {
        String issuer = "{\"issuer\":\"%s\",\"audiences\":[\"a\"]}";
        String upstream = "{\"prefix\":\"/o\",\"upstream\":{\"endpoints\":[\"%s\"]%s}}";
        return Stream.of(
                bad("setting/global/rate-limit.reqests", "{\"value\":1}", "key", "did you mean rate-limit.requests?"),
                bad("setting/everybody/rate-limit.requests", "{\"value\":1}", "scope", "write global"),
                bad("setting/global/rate-limit.requests", "{\"value\":0}", "value", "1 to 1000000000"),
                bad("setting/global/rate-limit.requests", "{\"value\":1.5}", "value", "a whole number"),
                bad("setting/global/rate-limit.requests", "{\"value\":\"10\"}", "value", "a whole number"),
                bad("setting/global/rate-limit.requests", "{}", "value", "a whole number"),
                bad("setting/global/rate-limit.requests", "{\"value\":1,\"locket\":true}", "locket", "use one of"),
                bad("setting/global/rate-limit.period", "{\"value\":\"PT0.5S\"}", "value", "PT1S, PT1M, PT1H, PT24H"),
                bad("setting/global/rate-limit.period", "{\"value\":\"60s\"}", "value", "ISO 8601"),
                bad("setting/global/rate-limit.period", "{\"value\":60}", "value", "ISO 8601"),
                bad("setting/global/idempotency.ttl", "{\"value\":\"PT1H\"}", "value", "PT24H to PT48H"),
                bad(
                        "setting/global/cors.allowed-origins",
                        "{\"value\":[\"https://a.example/path\"]}",
                        "value",
                        "without a path"),
                bad("setting/global/cors.allowed-origins", "{\"value\":[\"*\"]}", "value", "without a path"),
                bad("setting/global/cors.allowed-origins", "{\"value\":[\"null\"]}", "value", "without a path"),
                bad(
                        "setting/global/cors.allowed-origins",
                        "{\"value\":[\"https://A.example\"]}",
                        "value",
                        "lower case"),
                bad("setting/global/cors.allowed-origins", "{\"value\":\"https://a.example\"}", "value", "a list"),
                bad("setting/global/oidc.required", "{\"value\":\"true\"}", "value", "true or false"),
                bad("setting/global/rate-limit.mode", "{\"value\":\"on\"}", "value", "enforce, shadow, off"),
                bad("tenant/acme-de", "{\"org\":\"acme\",\"hosts\":[\"De.acme.example\"]}", "hosts[0]", "lower case"),
                bad("tenant/acme-de", "{\"org\":\"acme\",\"hosts\":[\"localhost\"]}", "hosts[0]", "at least one dot"),
                bad("tenant/acme-de", "{\"org\":\"acme\",\"hosts\":[\"a.example:443\"]}", "hosts[0]", "without port"),
                bad("tenant/acme-de", "{\"org\":\"acme\",\"hosts\":[\"a.example\",\"a.example\"]}", "hosts", "once"),
                bad("tenant/acme-de", "{\"org\":\"acme\",\"status\":\"paused\"}", "status", "active or suspended"),
                bad("tenant/acme-de", "{\"orgs\":\"acme\"}", "orgs", "use one of"),
                bad("tenant/acme-de", "{}", "org", "write the id of its org"),
                bad("tenant/Acme", "{\"org\":\"acme\"}", "id", "lower-case"),
                bad("org/acme", "{\"name\":\"\"}", "name", "display name"),
                bad("org/acme", "[]", "org/acme", "object"),
                bad("module/o", upstream.formatted("nowhere", ""), "upstream.endpoints[0]", "host:port"),
                bad("module/o", upstream.formatted("a:65536", ""), "upstream.endpoints[0]", "host:port"),
                bad(
                        "module/o",
                        upstream.formatted("a:80", ",\"requestTimeout\":\"30\""),
                        "upstream.requestTimeout",
                        "PT5S"),
                bad(
                        "module/o",
                        "{\"prefix\":\"/o/\",\"upstream\":{\"endpoints\":[\"a:80\"]}}",
                        "prefix",
                        "without a slash"),
                bad(
                        "module/o",
                        "{\"prefix\":\"/o\",\"upstream\":{\"endpoints\":[]}}",
                        "upstream.endpoints",
                        "at least one"),
                bad(
                        "module/o",
                        "{\"prefix\":\"/o\",\"upstream\":{\"endpoints\":[\"a:80\"]},\"routes\":[{\"name\":\"r\",\"path\":\"/x\"},{\"name\":\"r\",\"path\":\"/y\"}]}",
                        "routes",
                        "its own name"),
                bad(
                        "module/o",
                        "{\"prefix\":\"/o\",\"upstream\":{\"endpoints\":[\"a:80\"]},\"routes\":[{\"name\":\"r\",\"path\":\"x\",\"methods\":[\"get\"]}]}",
                        "routes[0].methods[0]",
                        "capitals"),
                bad("issuer/i", issuer.formatted("id.example"), "issuer", "https://host/path"),
                bad("issuer/i", issuer.formatted("https://u:p@id.example"), "issuer", "without user"),
                bad("issuer/i", "{\"issuer\":\"https://id.example\"}", "audiences", "at least one"),
                bad(
                        "issuer/i",
                        "{\"issuer\":\"https://id.example\",\"audiences\":[\"a\"],\"algorithms\":[\"HS256\"]}",
                        "algorithms[0]",
                        "asymmetric"),
                bad("listener/l", "{\"address\":\"0.0.0.0\",\"port\":0}", "port", "without quotes"),
                bad(
                        "listener/l",
                        "{\"address\":\"0.0.0.0\",\"port\":443,\"certificate\":\"/etc/../root\"}",
                        "certificate",
                        "a directory"),
                bad(
                        "listener/l",
                        "{\"address\":\"0.0.0.0\",\"port\":443,\"certificate\":\"certificates/acme\"}",
                        "certificate",
                        "a directory"),
                bad("listener/l", "{\"address\":\"edge\",\"port\":80}", "address", "IP address"),
                bad(
                        "signing-keys/i",
                        "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"a\",\"d\":\"secret\"}]}",
                        "keys[0]",
                        "public"),
                bad("signing-keys/i", "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"a\"}]}", "keys[0]", "public"),
                bad(
                        "signing-keys/i",
                        "{\"keys\":[],\"leaving\":{\"a\":\"soon\"}}",
                        "leaving.a",
                        "2030-01-31T06:00:00Z"));
    }

    private static Arguments bad(String key, String body, String field, String fix) {
        return Arguments.of(key, body, field, fix);
    }

    @ParameterizedTest
    @MethodSource("bad")
    void namesTheFieldAndTheFix(String key, String body, String field, String fix) {
        assertThat(problems(key, body)).anySatisfy(problem -> {
            assertThat(problem.field()).endsWith(field).startsWith(key);
            assertThat(problem.fix()).contains(fix);
        });
    }

    @Test
    void collectsAllProblemsAtOnce() {
        assertThat(problems("tenant/acme-de", "{\"hosts\":[\"A\",\"b\"],\"x\":1}"))
                .hasSize(4);
    }

    @Test
    void readsEveryDefaultByItsOwnType() {
        for (Key<?> key : Catalog.keys()) {
            var written = SettingFormat.write(key, key.defaultValue());
            assertThat(problems("setting/global/" + key.name(), "{\"value\":" + written + "}"))
                    .as(key.name())
                    .isEmpty();
            Document document = Given.setting("global", key.name(), written.toString());
            assertThat(document.body())
                    .isEqualTo(new Body.Setting(new Scope(Who.GLOBAL, What.ANY), key, key.defaultValue()));
            assertThat(Catalog.find(key.name())).isSameAs(key);
        }
    }
}
