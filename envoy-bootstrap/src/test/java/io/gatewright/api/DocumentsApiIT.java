package io.gatewright.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code /v1/documents}: one document of any kind. */
final class DocumentsApiIT {
    private static final String ORG = "/v1/documents/org/";

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

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                org/acme       | {'name':'Acme'} | {'name':'Acme AG'}
                tenant/acme-ch | {'org':'frischwerk','hosts':['acme.example.ch'],'status':'active'} | {'org':'frischwerk','hosts':[],'status':'suspended'}
                module/orders  | {'prefix':'/api/orders','upstream':{'endpoints':['127.0.0.1:9']},'routes':[]} | {'prefix':'/api/orders','upstream':{'endpoints':['127.0.0.1:10'],'tls':true},'routes':[{'name':'all','methods':['GET'],'path':'/'}]}
                issuer/other   | {'issuer':'http://127.0.0.1:9/other','audiences':['api']} | {'issuer':'http://127.0.0.1:9/other','audiences':['api','web']}
                listener/inner | {'address':'127.0.0.1','port':1} | {'address':'127.0.0.1','port':2,'tenant':'frischwerk-de'}
                setting/org=frischwerk,module=hilfe/rate-limit.mode | {'value':'shadow'} | {'value':'off'}
                """)
    void writesReadsReplacesAndRemovesEachKind(String document, String first, String second) {
        String path = "/v1/documents/" + document;
        String kind = document.substring(0, document.indexOf('/'));
        String id = document.substring(document.indexOf('/') + 1);

        Answer created = plane.create(path, first).done();
        Answer read = plane.get(path).done();
        assertThat(read.header("ETag")).isEqualTo(created.header("ETag"));
        assertThat(read.json().path("kind").asText()).isEqualTo(kind);
        assertThat(read.json().path("id").asText()).isEqualTo(id);
        assertThat(created.json().at("/documents/0")).isEqualTo(read.json());

        Answer replaced = plane.replace(path, read.header("ETag"), second).done();
        assertThat(plane.get(path).header("ETag"))
                .isEqualTo(replaced.header("ETag"))
                .isNotEqualTo(created.header("ETag"));
        JsonNode list = plane.get("/v1/documents/" + kind).done().json();
        assertThat(list.path("revision").asLong()).isEqualTo(plane.revision());
        assertThat(list.path("documents")).contains(plane.get(path).json());

        plane.remove(path, replaced.header("ETag")).done();
        plane.get(path).problem(404);
    }

    @Test
    void writesNothingWhenNothingChanges() {
        String etag = plane.get(ORG + "gruenkost").header("ETag");
        long before = plane.revision();

        Answer answer =
                plane.replace(ORG + "gruenkost", etag, "{'name':'Grünkost eG'}").done();

        assertThat(answer.json().path("unchanged").asBoolean()).isTrue();
        assertThat(answer.json().path("revision").asLong()).isEqualTo(before);
        assertThat(plane.revision()).isEqualTo(before);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                org/UPPER     | {'name':'x'}                                          | id; is not an id; use 1 to 63 lower-case letters
                org/a         | {'name':'x','nmae':'y'}                               | nmae; is not a field of this document; use one of name
                org/a         | {}                                                    | name; is missing; write the display name
                org/a         | ['x']                                                 | is not a JSON object; write an object in braces
                tenant/a      | {'org':'nobody'}                                      | there is no org nobody; create it first
                tenant/a      | {'org':'frischwerk','hosts':['A.example.com:443']}    | hosts[0]
                tenant/a      | {'org':'frischwerk','status':'asleep'}                | write active or suspended
                module/a      | {'prefix':'/a','upstream':{'endpoints':[]}}           | upstream.endpoints; is empty; write at least one host:port
                module/a      | {'prefix':'a','upstream':{'endpoints':['h:1']}}       | prefix
                module/a      | {'prefix':'/a','upstream':{'endpoints':['h:99999']}}  | upstream.endpoints[0]
                module/a      | {'prefix':'/a','upstream':{'endpoints':['h:1'],'connectTimeout':'1s'}} | write an ISO 8601 duration such as PT5S
                issuer/a      | {'issuer':'ftp://x','audiences':['a']}                | write it as https://host/path
                issuer/a      | {'issuer':'https://x','audiences':['a'],'algorithms':['HS256']} | use asymmetric algorithms
                listener/a    | {'address':'127.0.0.1','port':70000}                  | is not a number from 1 to 65535
                """)
    void refusesABodyThatMakesNoSense(String document, String body, String said) {
        JsonNode problem = plane.refused(422, () -> plane.create("/v1/documents/" + document, body));

        assertThat(Plane.sentence(problem)).startsWith(document).contains(said);
    }

    @Test
    void namesTheHolderOfAHostThatIsTaken() {
        JsonNode problem = plane.refused(
                409,
                () -> plane.create(
                        "/v1/documents/tenant/thief",
                        "{'org':'frischwerk','hosts':['gruenkost-de.freshplan.example']}"));

        assertThat(problem.path("field").asText()).isEqualTo("tenant/thief: host");
        assertThat(Plane.sentence(problem)).contains("gruenkost-de.freshplan.example", "tenant/gruenkost-de");
    }

    @Test
    void namesTheHolderOfAPrefixThatIsTaken() {
        JsonNode problem = plane.refused(
                409,
                () -> plane.create(
                        "/v1/documents/module/thief",
                        "{'prefix':'/api/hilfe','upstream':{'endpoints':['127.0.0.1:9']}}"));

        assertThat(Plane.sentence(problem)).contains("/api/hilfe", "module/hilfe");
    }

    @Test
    void keepsAModuleThatSettingsUse() {
        String path = "/v1/documents/module/auswertungen";
        String etag = plane.get(path).header("ETag");

        JsonNode problem = plane.refused(409, () -> plane.remove(path, etag));

        assertThat(Plane.sentence(problem))
                .contains("setting/module=auswertungen/rate-limit.requests", "remove or change");
        plane.get(path).done();
    }

    @Test
    void keepsARouteThatSettingsUse() {
        String path = "/v1/documents/module/kundenmanagement";
        Answer now = plane.get(path).done();

        JsonNode problem = plane.refused(
                409,
                () -> plane.replace(
                        path,
                        now.header("ETag"),
                        "{'prefix':'/api/kundenmanagement','upstream':{'endpoints':['127.0.0.1:9']},'routes':[]}"));

        assertThat(Plane.sentence(problem)).contains("route/kundenmanagement/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"org/frischwerk", "tenant/frischwerk-de", "issuer/freshplan"})
    void keepsWhatOthersUse(String document) {
        String path = "/v1/documents/" + document;
        String etag = plane.get(path).header("ETag");

        assertThat(Plane.sentence(plane.refused(409, () -> plane.remove(path, etag))))
                .contains("is still used by");
    }

    @Test
    void demandsAPrecondition() {
        assertThat(plane.refused(428, () -> plane.send("PUT", ORG + "new", "{'name':'x'}", "Change-Reason", "test"))
                        .path("field")
                        .asText())
                .isEqualTo("If-Match");
        plane.refused(428, () -> plane.send("DELETE", ORG + "gruenkost", null, "Change-Reason", "test"));
    }

    @Test
    void demandsAReason() {
        assertThat(plane.refused(400, () -> plane.send("PUT", ORG + "new", "{'name':'x'}", "If-None-Match", "*"))
                        .path("field")
                        .asText())
                .isEqualTo("reason");
        plane.refused(
                400, () -> plane.send("PUT", ORG + "new", "{'name':'x'}", "If-None-Match", "*", "Change-Reason", "  "));
    }

    @Test
    void refusesATagThatIsNotOfThisApi() {
        plane.refused(400, () -> plane.replace(ORG + "gruenkost", "W/\"1\"", "{'name':'x'}"));
        plane.refused(400, () -> plane.replace(ORG + "gruenkost", "*", "{'name':'x'}"));
    }

    @Test
    void saysWhatIsThereNowWhenTheVersionIsOld() {
        plane.refused(412, () -> plane.replace(ORG + "gruenkost", "\"0\"", "{'name':'x'}"));

        Answer stale = plane.replace(ORG + "gruenkost", "\"999\"", "{'name':'x'}");
        assertThat(stale.json().path("current"))
                .isEqualTo(plane.get(ORG + "gruenkost").json());
    }

    @Test
    void createsOnlyWhatIsNotThere() {
        plane.refused(412, () -> plane.create(ORG + "gruenkost", "{'name':'x'}"));

        assertThat(plane.create(ORG + "gruenkost", "{'name':'x'}")
                        .json()
                        .at("/current/body/name")
                        .asText())
                .isEqualTo("Grünkost eG");
    }

    @Test
    void removesOnlyWhatIsThere() {
        plane.refused(404, () -> plane.remove(ORG + "nobody", "\"1\""));
        plane.refused(404, () -> plane.remove("/v1/settings/global/rate-limit.burst", "\"1\""));
        plane.refused(412, () -> plane.remove(ORG + "gruenkost", "\"999\""));
    }

    @Test
    void knowsOnlyItsKinds() {
        assertThat(Plane.sentence(plane.refused(404, () -> plane.create("/v1/documents/gadget/x", "{}"))))
                .contains("gadget", "org, tenant, module, issuer, listener, setting");
        plane.refused(404, () -> plane.get("/v1/documents/gadget"));
        plane.refused(404, () -> plane.get("/v1/documents/gadget/x"));
    }

    @Test
    void leavesSigningKeysToTheirIssuers() {
        String path = "/v1/documents/signing-keys/freshplan";

        assertThat(Plane.sentence(plane.refused(422, () -> plane.create(path, "{'keys':[]}"))))
                .contains("write the issuer document");
        plane.refused(422, () -> plane.remove(path, "\"1\""));
        plane.refused(422, () -> plane.commit("{'kind':'signing-keys','id':'freshplan','body':{'keys':[]}}"));
    }
}
