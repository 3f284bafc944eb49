package io.gatewright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ReadTest {
    private final FakeControlPlane plane;

    ReadTest() throws Exception {
        plane = new FakeControlPlane();
    }

    @AfterEach
    void stop() {
        plane.close();
    }

    @Test
    void listsDocumentsAsATable() {
        plane.on(
                "GET /v1/documents/org",
                200,
                "{'revision':3,'documents':[{'kind':'org','id':'acme','version':2,'body':{'name':'A\\u001b[31m'}}]}");

        assertThat(plane.run("get", "org").out())
                .isEqualTo("ID    VERSION  BODY\nacme  2        {\"name\":\"A\\u001B[31m\"}\n");
    }

    @Test
    void printsOneDocumentAsYamlAndJson() {
        plane.on("GET /v1/documents/org/acme", 200, "{'id':'acme','body':{'name':'Acme'}}");

        assertThat(plane.run("get", "org", "acme", "-o", "yaml").out()).isEqualTo("id: acme\nbody:\n  name: Acme\n");
        assertThat(plane.run("get", "org", "acme", "-o", "json").out()).contains("\"name\" : \"Acme\"");
    }

    @Test
    void asksForEffectiveValuesOnARoute() {
        plane.on(
                "GET /v1/effective?tenant=acme-de&route=orders%2Fcreate",
                200, "{'values':{'rate-limit.requests':600,'oidc.required':true}}");

        assertThat(plane.run("get", "effective", "acme-de", "--route", "orders/create")
                        .out())
                .contains("rate-limit.requests  600\noidc.required        true\n");
    }

    @Test
    void explainsWithWhoWhenAndWhy() {
        plane.on(
                "GET /v1/explain?tenant=acme-de&key=rate-limit.requests",
                200,
                "{'effective':20,'default':600,'steps':[{'scope':'tenant=acme-de','value':20,'revision':4,'at':'T','actor':'ann','reason':'trial','outcome':'counts'}]}");

        assertThat(plane.run("explain", "acme-de", "rate-limit.requests").out())
                .startsWith("rate-limit.requests is 20 for acme-de (default 600)\n")
                .contains("tenant=acme-de  20     counts   4         T   ann    trial");
    }

    @Test
    void explainsWhoLockedAndWhoClamped() {
        plane.on(
                "GET /v1/explain?tenant=acme-de&key=rate-limit.requests",
                200,
                "{'effective':20,'default':600,'clampedBy':'global','lockedBy':'org=acme','steps':[{'scope':'global','value':null,'max':20,'outcome':'bounds'},{'scope':'org=acme','value':50,'locked':true,'outcome':'clamped','by':'global'},{'scope':'tenant=acme-de','value':9,'outcome':'locked','by':'org=acme'}]}");

        assertThat(plane.run("explain", "acme-de", "rate-limit.requests").out())
                .startsWith(
                        "rate-limit.requests is 20 for acme-de (default 600, clamped by global, locked at org=acme)\n")
                .contains("global          max 20      bounds", "50, locked  clamped by global", "locked by org=acme");
    }

    @Test
    void waitsForATenantAndFailsWhenItIsNotLive() {
        plane.on(
                "GET /v1/tenants/acme-de/status?revision=4&wait=PT5S",
                200,
                "{'revision':4,'live':false,'nodes':[{'id':'edge-1','state':'rejected','acknowledgedAt':null,'reason':'bad'}]}");

        FakeControlPlane.Run run = plane.run("status", "acme-de", "--revision", "4", "--wait", "PT5S");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).contains("acme-de: revision 4 is not live").contains("edge-1  rejected");
        assertThat(run.err()).startsWith("acme-de: was not live within PT5S");
    }

    @Test
    void sumsUpTheWholeWithoutATenant() {
        plane.on("GET /q/health/ready", 200, "{'status':'UP','checks':[{'name':'registry','status':'UP'}]}")
                .on(
                        "GET /v1/revisions?limit=1",
                        200,
                        "{'revisions':[{'revision':4,'at':'T','actor':'ann','reason':'trial'}]}")
                .on("GET /v1/gateways", 200, "{'nodes':[{'id':'edge-1','connected':true,'rejected':[]}]}");

        assertThat(plane.run("status").out())
                .contains("revision 4 by ann at T: trial\n1 of 1 gateways connected, 0 resources rejected");
    }

    @Test
    void failsWhenTheControlPlaneIsNotReady() {
        plane.on("GET /q/health/ready", 503, "{'status':'DOWN','checks':[{'name':'registry','status':'DOWN'}]}");

        FakeControlPlane.Run run = plane.run("status");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).contains("registry  DOWN");
    }

    @Test
    void namesTheGuiltyResourceOfAGateway() {
        plane.on(
                "GET /v1/gateways",
                200,
                "{'nodes':[{'id':'edge-1','cluster':'c','version':'1.40.0','connected':true,'since':'T','acknowledged':4,'pending':1,'rejected':[{'tenant':'acme-de','resource':'acme-de','reason':'unknown filter','since':'T'}]}]}");

        assertThat(plane.run("gateways").out())
                .contains("edge-1 rejects acme-de of tenant acme-de since T: unknown filter");
    }

    @Test
    void showsWhatARevisionChanged() {
        plane.on(
                "GET /v1/revisions?limit=20&kind=setting&id=global%2Frate-limit.requests",
                200,
                "{'revisions':[{'revision':4,'at':'T','actor':'ann','reason':'trial','changes':[{'kind':'setting','id':'global/rate-limit.requests','old':{'value':1},'new':{'value':2}}]}]}");

        assertThat(plane.run("history", "setting", "global/rate-limit.requests").out())
                .contains("trial   setting/global/rate-limit.requests: 1 → 2");
    }

    @Test
    void saysWhenEachGatewayHasProvedASync() {
        plane.on("POST /v1/syncs?wait=PT10S", 200, """
                {'started':{'revision':4,'nodes':[{'id':'edge-1'},{'id':'edge-2'}]}}
                {'node':{'id':'edge-2','sent':3,'accepted':3,'rejected':[]}}
                {'node':{'id':'edge-1','sent':3,'accepted':3,'rejected':[]}}
                {'sync':{'id':7,'revision':4,'dryRun':false,'outcome':'proven','changed':3,'drift':1,'drifted':[{'kind':'accepted','node':'edge-1','resource':'tenant/a','found':'accepted another'}],'quarantined':[],'nodes':[{'id':'edge-1','state':'proven','sent':3,'accepted':3,'open':0,'rejected':[]},{'id':'edge-2','state':'proven','sent':3,'accepted':3,'open':0,'rejected':[]}]}}
                """);

        FakeControlPlane.Run run = plane.run("sync", "--wait");

        assertThat(run.code()).isZero();
        assertThat(run.err().lines())
                .containsExactly(
                        "revision 4: waiting for 2 gateways", "edge-2: accepted 3 of 3", "edge-1: accepted 3 of 3");
        assertThat(run.out()).startsWith("""
                        sync 7 of revision 4 sent 3 resources, drift 1
                        drift: edge-1 tenant/a accepted another
                        """).contains("edge-1  proven  3     3         0     0");
        assertThat(plane.last().headers()).containsEntry("Accept", "application/x-ndjson");
    }

    @Test
    void failsWhenASyncIsRefusedOrNotAnswered() {
        plane.on("POST /v1/syncs?wait=PT2S", 200, """
                {'node':{'id':'edge-1','sent':2,'accepted':1,'rejected':[{'resource':'tenant/a'}]}}
                {'sync':{'id':7,'revision':4,'outcome':'timed-out','changed':2,'quarantined':[{'tenant':'a','node':'edge-1','reason':'bad regex'},{'tenant':'b','reason':'no translation'}],'nodes':[{'id':'edge-1','state':'rejected','sent':2,'accepted':1,'open':0,'rejected':[{}]},{'id':'edge-2','state':'open','sent':2,'accepted':0,'open':2,'rejected':[]}]}}
                """);

        FakeControlPlane.Run run = plane.run("sync", "--wait", "PT2S");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).contains("edge-2  open");
        assertThat(run.err().lines())
                .containsExactly(
                        "edge-1: accepted 1 of 2, rejects 1",
                        "edge-2: has not answered 2 of 2 within PT2S",
                        "a is held at the last good state at edge-1: bad regex",
                        "b is held at the last good state: no translation");
    }

    @Test
    void saysWhatASyncWouldSendWithoutProgress() {
        plane.on(
                "POST /v1/syncs?dryRun=true",
                200,
                "{'started':{'revision':4,'nodes':[]}}\n{'sync':{'id':null,'revision':4,'dryRun':true,'outcome':'planned','changed':1,'nodes':[]}}");

        FakeControlPlane.Run run = plane.run("sync", "--dry-run");

        assertThat(run.code()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .startsWith(
                        "sync (its row is written when the database is back) of revision 4 would send 1 resource\n");
    }

    @Test
    void saysThatASyncBrokeOff() {
        plane.on("POST /v1/syncs", 200, "{'started':{'revision':4,'nodes':[]}}");

        FakeControlPlane.Run run = plane.run("sync");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("it broke off before the end");
    }

    @Test
    void showsPastSyncsAndOneOfThem() {
        String sync =
                "{'id':7,'trigger':'manual','replica':'cp-1','dryRun':true,'revision':4,'outcome':'rejected','startedAt':'T','proofMillis':4.25,'changed':2,'drift':0,'quarantined':[{'tenant':'*','node':'edge-1','reason':'in use'}],'nodes':[{'id':'edge-1','state':'rejected','sent':2,'accepted':1,'open':0,'provenAt':'T2'}]}";
        plane.on("GET /v1/syncs?before=9&limit=5&trigger=manual", 200, "{'syncs':[" + sync + "]}")
                .on("GET /v1/syncs/7", 200, sync);

        assertThat(plane.run("syncs", "--before", "9", "--limit", "5", "--trigger", "manual")
                        .out())
                .contains("7   manual (dry run)  4         T        rejected  4.25      2        0      cp-1");
        assertThat(plane.run("syncs", "7").out())
                .contains("edge-1  rejected  2     1         0     T2")
                .contains("what all tenants share is held at the last good state at edge-1: in use");
    }

    @Test
    void saysInOneSentenceThatNobodyListens() {
        plane.close();

        FakeControlPlane.Run run = plane.run("get", "tenant");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).startsWith("cannot reach " + plane.url() + ": nobody listens there; start");
        assertThat(run.err().lines()).hasSize(1);
    }

    @Test
    void refusesADurationThatIsNone() {
        FakeControlPlane.Run run = plane.run("status", "acme-de", "--wait", "5s");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("'5s' is not an ISO 8601 duration such as PT5S");
    }

    @Test
    void refusesAnUnknownVerbAsUsage() {
        StringWriter err = new StringWriter();

        int code = Main.run(new PrintWriter(new StringWriter()), new PrintWriter(err, true), "frobnicate");

        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains("frobnicate").contains("--help");
    }

    @Test
    void printsACompletionScript() {
        assertThat(plane.run("completion").out()).contains("complete ").contains("explain");
    }
}
