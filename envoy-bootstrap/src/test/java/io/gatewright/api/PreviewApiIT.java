package io.gatewright.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code POST /v1/preview}, and the command line over it: what a change would come to, and that nothing comes of it. */
final class PreviewApiIT {
    private static final String LIMIT = "{'kind':'setting','id':'global/rate-limit.requests','body':{'value':100}}";

    @TempDir
    private static Path directory;

    private static Plane plane;

    @BeforeAll
    static void start() {
        plane = Plane.start(directory);
    }

    @AfterAll
    static void stop() {
        plane.close();
    }

    private static JsonNode preview(String body) {
        long before = plane.revision();
        JsonNode answer = plane.send("POST", "/v1/preview", body).done().json();
        assertThat(plane.revision()).isEqualTo(before);
        assertThat(answer.path("revision").asLong()).isEqualTo(before);
        return answer;
    }

    @Test
    void saysWhichValuesAndResourcesChangeForWhom() {
        JsonNode answer = preview("{'changes':[" + LIMIT + "]}");

        assertThat(answer.at("/documents/list/0/id").asText()).isEqualTo("global/rate-limit.requests");
        assertThat(answer.at("/documents/list/0/old")).hasToString("{\"value\":600}");
        assertThat(answer.at("/documents/list/0/new")).hasToString("{\"value\":100}");
        assertThat(answer.at("/values/count").asInt()).isEqualTo(1);
        assertThat(answer.at("/values/list/0"))
                .hasToString("{\"key\":\"rate-limit.requests\",\"before\":600,\"after\":100,\"count\":1,"
                        + "\"examples\":[\"gruenkost-de\"]}");
        JsonNode envoy = answer.at("/gateways/0");
        assertThat(envoy.path("gateway").asText()).isEqualTo("envoy");
        assertThat(envoy.at("/resources/list").findValuesAsText("name"))
                .containsExactly("tenant/gruenkost-de", "host/gruenkost-de.freshplan.example");
        assertThat(envoy.at("/resources/list/0/difference"))
                .extracting(JsonNode::asText)
                .anyMatch(line -> line.matches("-\\s+\"maxTokens\": 600,"))
                .anyMatch(line -> line.matches("\\+\\s+\"maxTokens\": 100,"));
        assertThat(answer.at("/warnings/list/0/type").asText()).isEqualTo("limit-lowered");
    }

    @Test
    void saysWhatEachSampleRequestGetsBeforeAndAfter() {
        String claims = "{\"iss\":\"http://127.0.0.1:9/issuer\",\"aud\":\"freshplan-api\"}";
        String token = "x." + Base64.getUrlEncoder().encodeToString(claims.getBytes(StandardCharsets.UTF_8)) + ".y";

        JsonNode requests = preview(("{'changes':[{'kind':'setting','id':'org=frischwerk/oidc.required',"
                                + "'body':{'value':false}}],'requests':["
                                + "{'url':'https://frischwerk-de.freshplan.example/api/hilfe/search?q=a'},"
                                + "{'method':'POST','url':'https://x.example/api/hilfe/search','as':'gruenkost-de','bodyBytes':2000000},"
                                + "{'url':'https://x.example/','headers':{'Authorization':'Bearer TOKEN','x':['a','b']}}]}")
                        .replace("TOKEN", token))
                .path("requests");

        assertThat(requests).hasSize(3);
        assertThat(requests.at("/0/before/problem").asText()).isEqualTo("token-required");
        assertThat(requests.at("/0/after/status").asInt()).isEqualTo(200);
        assertThat(requests.at("/0/after/headers"))
                .hasToString("{\"x-org-id\":\"frischwerk\",\"x-tenant-id\":\"frischwerk-de\"}");
        assertThat(requests.at("/0/after/limit"))
                .hasToString(
                        "{\"counter\":\"tenant=frischwerk-de\",\"mode\":\"enforce\",\"requests\":20,\"period\":\"PT1M\"}");
        assertThat(requests.at("/0/differs").asBoolean()).isTrue();
        assertThat(requests.at("/1/differs").asBoolean()).isFalse();
        assertThat(requests.at("/2/after/problem").asText()).isEqualTo("invalid-token");
        assertThat(requests.at("/2/after/reason").asText()).isEqualTo("issuer freshplan is unknown or has no keys");
    }

    @Test
    void showsWhatARollbackWouldRestore() {
        plane.create("/v1/settings/tenant=frischwerk-at/rate-limit.requests", "{'value':3}")
                .done();
        long now = plane.revision();

        JsonNode answer = preview("{'rollback':" + (now - 1) + "}");

        assertThat(answer.at("/documents/list/0/new").isNull()).isTrue();
        assertThat(answer.at("/values/list/0/after").asInt()).isEqualTo(900);
        assertThat(preview("{'rollback':" + now + "}").at("/documents/count").asInt())
                .isZero();
        assertThat(Plane.sentence(plane.refused(404, () -> plane.send("POST", "/v1/preview", "{'rollback':99999}"))))
                .contains("there is no revision 99999");
    }

    @Test
    void refusesWhatACommitWouldRefuse() {
        plane.create("/v1/settings/org=gruenkost/idempotency.body-limit", "{'max':5000}")
                .done();

        assertThat(
                        Plane.sentence(
                                plane.refused(
                                        422,
                                        () -> plane.send(
                                                "POST",
                                                "/v1/preview",
                                                "{'changes':[{'kind':'setting','id':'tenant=gruenkost-de/idempotency.body-limit','body':{'value':6000}}]}"))))
                .isEqualTo(
                        "setting/tenant=gruenkost-de/idempotency.body-limit; 6000 is above the max 5000 of org=gruenkost;"
                                + " write at most 5000, or change the bound there first");
        plane.refused(
                409,
                () -> plane.send("POST", "/v1/preview", "{'changes':[{'kind':'module','id':'hilfe','body':null}]}"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                nothing           | {}                                                   | changes; and rollback: one of them is needed
                both              | {'changes':[],'rollback':1}                          | changes
                no changes        | {'changes':[]}                                       | changes; is empty
                past the start    | {'rollback':-1}                                      | rollback; is not a whole number in range; write 0 or more
                huge limit        | {'rollback':1,'limit':1000}                          | limit; is not a whole number in range; write 1 to 500
                unknown field     | {'rollback':1,'request':[]}                          | request; is not a field here
                no url            | {'rollback':1,'requests':[{}]}                       | requests[0].url; is not the URL of a request
                a path alone      | {'rollback':1,'requests':[{'url':'/api'}]}           | requests[0].url; is not the URL
                small method      | {'rollback':1,'requests':[{'url':'http://a','method':'get'}]} | requests[0].method
                a host header     | {'rollback':1,'requests':[{'url':'http://a','headers':{'Host':'b'}}]} | requests[0].headers; Host cannot be sent
                negative body     | {'rollback':1,'requests':[{'url':'http://a','bodyBytes':-1}]} | requests[0].bodyBytes
                token as a number | {'rollback':1,'requests':[{'url':'http://a','token':7}]} | requests[0].token
                two tokens        | {'rollback':1,'requests':[{'url':'http://a','token':'invalid','as':'b'}]} | requests[0].token; is said in several ways
                other scheme      | {'rollback':1,'requests':[{'url':'http://a','headers':{'authorization':'Basic eA'}}]} | requests[0].headers; Authorization carries no bearer token
                """)
    void refusesAPreviewThatIsNone(String what, String body, String said) {
        assertThat(Plane.sentence(plane.refused(422, () -> plane.send("POST", "/v1/preview", body))))
                .startsWith(said);
    }

    @Test
    void isReadByPeople() throws Exception {
        Cli cli = new Cli(plane.api());
        Path file = Files.writeString(directory.resolve("change.yaml"), """
                - {kind: setting, id: tenant=frischwerk-de/rate-limit.requests, body: {value: 5}}
                - {kind: setting, id: tenant=frischwerk-de/headers.required, body: {value: [x-client]}}
                """);
        String[] words = {
            "preview",
            "-f",
            file.toString(),
            "--request",
            "GET https://frischwerk-de.freshplan.example/api/hilfe/search",
            "-H",
            "X-Client: web",
            "--diff"
        };

        String out = cli.run(words).done().out();

        assertThat(out)
                .startsWith("on top of revision " + plane.revision() + "; nothing is stored\n")
                .contains(
                        "  change setting/tenant=frischwerk-de/rate-limit.requests 20 → 5\n",
                        "  create setting/tenant=frischwerk-de/headers.required [\"x-client\"]\n",
                        "envoy resources that change (none is connected): 2\n",
                        "  limit-lowered: rate-limit.requests 20 → 5 (frischwerk-de)\n",
                        "  now and then: 401 token-required, oidc.required is true for frischwerk-de")
                .containsPattern("  rate-limit.requests +everywhere +20 +5 +frischwerk-de\n")
                .containsPattern("\\+ +\"maxTokens\": 5,");
        assertThat(cli.run("preview", "-f", file.toString(), "--json")
                        .done()
                        .json()
                        .at("/values/count")
                        .asInt())
                .isEqualTo(2);
        assertThat(cli.run("preview", "-f", file.toString(), "--request", "GET")
                        .failed(2)
                        .err())
                .startsWith("'GET' is not a request");
        assertThat(cli.run("preview").failed(2).err()).contains("-f", "--rollback");
        assertThat(cli.run("preview", "--rollback", "1", "--as", "a").failed(2).err())
                .contains("describe a request");
    }
}
