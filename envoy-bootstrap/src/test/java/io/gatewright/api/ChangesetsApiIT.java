package io.gatewright.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code /v1/changesets}: several documents in one revision, or none. */
final class ChangesetsApiIT {
    private static final String CHANGESETS = "/v1/changesets";

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

    @Test
    void makesOneRevisionOfManyKinds() {
        long before = plane.revision();

        JsonNode committed = plane.commit(
                        "{'kind':'setting','id':'tenant=acme-de/rate-limit.requests','body':{'value':50}}",
                        "{'kind':'tenant','id':'acme-de','body':{'org':'acme','hosts':['acme.example.de']}}",
                        "{'kind':'org','id':'acme','body':{'name':'Acme'},'expectedVersion':0}",
                        "{'kind':'setting','id':'module=hilfe/rate-limit.requests','body':null}")
                .done()
                .json();

        assertThat(committed.path("revision").asLong()).isEqualTo(before + 1).isEqualTo(plane.revision());
        assertThat(committed.path("documents")).hasSize(4);
        assertThat(plane.get("/v1/documents/tenant/acme-de").header("ETag")).isEqualTo("\"" + (before + 1) + "\"");
        plane.get("/v1/settings/module=hilfe/rate-limit.requests").problem(404);
        assertThat(plane.get("/v1/revisions/" + (before + 1)).done().json().path("changes"))
                .hasSize(4);
    }

    @Test
    void movesAHostFromOneTenantToAnother() {
        plane.commit(
                        "{'kind':'tenant','id':'mover','body':{'org':'gruenkost','hosts':['moved.example.de']}}",
                        "{'kind':'tenant','id':'taker','body':{'org':'gruenkost','hosts':[]}}")
                .done();

        plane.commit(
                        "{'kind':'tenant','id':'taker','body':{'org':'gruenkost','hosts':['moved.example.de']}}",
                        "{'kind':'tenant','id':'mover','body':{'org':'gruenkost','hosts':[]}}")
                .done();

        assertThat(plane.get("/v1/documents/tenant/taker")
                        .json()
                        .at("/body/hosts/0")
                        .asText())
                .isEqualTo("moved.example.de");
    }

    @Test
    void refusesTwoTenantsWithOneHost() {
        Answer answer = plane.commit(
                "{'kind':'tenant','id':'one','body':{'org':'gruenkost','hosts':['twice.example.de']}}",
                "{'kind':'tenant','id':'two','body':{'org':'gruenkost','hosts':['twice.example.de']}}");

        assertThat(Plane.sentence(plane.refused(409, () -> answer))).contains("tenant/one", "tenant/two");
        plane.get("/v1/documents/tenant/one").problem(404);
        plane.get("/v1/documents/tenant/two").problem(404);
    }

    @Test
    void saysAllThatIsWrongAndWritesNothingOfIt() {
        Answer answer = plane.commit(
                "{'kind':'org','id':'good','body':{'name':'Good'}}",
                "{'kind':'setting','id':'global/rate-limit.requests','body':{'value':0}}",
                "{'kind':'setting','id':'global/rate-limit.perod','body':{'value':'PT1M'}}",
                "{'kind':'tenant','id':'bad','body':{'org':'good','hosts':['x']}}",
                "{'kind':'org','id':'bad','body':{}}");

        plane.refused(422, () -> answer);
        assertThat(answer.json().path("problems").findValuesAsText("field"))
                .containsExactly(
                        "setting/global/rate-limit.requests: value",
                        "setting/global/rate-limit.perod: key",
                        "tenant/bad: hosts[0]",
                        "org/bad: name");
        assertThat(answer.json().path("detail").asText()).endsWith("And 1 more");
        plane.get("/v1/documents/org/good").problem(404);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                no list               | {'reason':'x'}                                                                | changes; is not a list
                a list alone          | []                                                                            | changes; is not a list
                nothing to change     | {'reason':'x','changes':[]}                                                   | changes; is empty; name at least one document
                no kind               | {'reason':'x','changes':[{'id':'a','body':{}}]}                               | changes[0].kind; is not a kind; use one of org, tenant
                unknown kind          | {'reason':'x','changes':[{'kind':'gadget','id':'a','body':{}}]}               | changes[0].kind; is not a kind
                no id                 | {'reason':'x','changes':[{'kind':'org','body':{}}]}                           | changes[0].id; is missing
                no body               | {'reason':'x','changes':[{'kind':'org','id':'a'}]}                            | changes[0].body; is missing; send the document, or null
                version as text       | {'reason':'x','changes':[{'kind':'org','id':'a','body':{'name':'A'},'expectedVersion':'1'}]} | changes[0].expectedVersion
                unknown field         | {'reason':'x','changes':[],'dryRun':true}                                     | dryRun; is not a field here; use one of reason, notBefore, changes
                misspelt version      | {'reason':'x','changes':[{'kind':'org','id':'a','body':{'name':'A'},'expectedversion':1}]}   | changes[0].expectedversion; is not a field here
                a number for a change | {'reason':'x','changes':[7]}                                                  | changes[0].kind
                reason as a number    | {'reason':7,'changes':[{'kind':'org','id':'a','body':{'name':'A'}}]}          | reason; is not text
                a document twice      | {'reason':'x','changes':[{'kind':'org','id':'a','body':{'name':'A'}},{'kind':'org','id':'a','body':null}]} | org/a; is named twice
                what cannot be kept   | {'reason':'x','changes':[{'kind':'org','id':'a','body':{'name':'A\\u0000'}}]} | cannot be stored
                """)
    void refusesAChangeSetThatIsNone(String what, String body, String said) {
        assertThat(Plane.sentence(plane.refused(422, () -> plane.send("POST", CHANGESETS, body))))
                .contains(said);
    }

    @Test
    void demandsAReasonInBodyOrHeader() {
        String body = "{'changes':[{'kind':'org','id':'reasoned','body':{'name':'A'}}]}";

        assertThat(plane.refused(400, () -> plane.send("POST", CHANGESETS, body))
                        .path("field")
                        .asText())
                .isEqualTo("reason");
        plane.refused(400, () -> plane.send("POST", CHANGESETS, body.replace("{'changes'", "{'reason':' ','changes'")));

        plane.send("POST", CHANGESETS, body, "Change-Reason", "as a header").done();
    }

    @Test
    void refusesAllWhenOneVersionIsOld() {
        Answer answer = plane.commit(
                "{'kind':'org','id':'frischwerk','body':{'name':'New'}}",
                "{'kind':'org','id':'gruenkost','body':{'name':'New'},'expectedVersion':999}");

        assertThat(Plane.sentence(plane.refused(412, () -> answer))).contains("org/gruenkost", "not 999");
        assertThat(answer.json().path("current"))
                .isEqualTo(plane.get("/v1/documents/org/gruenkost").json());
        assertThat(plane.get("/v1/documents/org/frischwerk")
                        .json()
                        .at("/body/name")
                        .asText())
                .isNotEqualTo("New");
    }

    @Test
    void showsTheFirstOfSeveralThatAreOld() {
        List<String> orgs = IntStream.range(0, 12).mapToObj(i -> "stale-" + i).toList();
        plane.commit(orgs.stream()
                        .map(org -> "{'kind':'org','id':'%s','body':{'name':'A'}}".formatted(org))
                        .toArray(String[]::new))
                .done();

        Answer answer = plane.commit(orgs.stream()
                .map(org -> "{'kind':'org','id':'%s','body':{'name':'B'},'expectedVersion':999}".formatted(org))
                .toArray(String[]::new));

        answer.problem(412);
        assertThat(answer.json().path("problems").findValuesAsText("field"))
                .containsExactlyElementsOf(orgs.stream().map("org/"::concat).toList());
        assertThat(answer.json().at("/current/id").asText()).isEqualTo("stale-0");
    }

    @Test
    void refusesToRemoveWhatIsNotThere() {
        plane.refused(404, () -> plane.commit("{'kind':'org','id':'nobody','body':null}"));
    }

    @Test
    void removesAModuleTogetherWithTheSettingsThatUseIt() {
        plane.refused(409, () -> plane.commit("{'kind':'module','id':'auswertungen','body':null}"));

        plane.commit(
                        "{'kind':'module','id':'auswertungen','body':null}",
                        "{'kind':'setting','id':'module=auswertungen/rate-limit.requests','body':null}")
                .done();
        plane.get("/v1/documents/module/auswertungen").problem(404);
    }
}
