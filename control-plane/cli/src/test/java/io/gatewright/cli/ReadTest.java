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
    void failsWhenASyncIsRejected() {
        plane.on(
                "POST /v1/syncs?dryRun=true&wait=PT10S",
                200,
                "{'id':1,'revision':4,'dryRun':true,'changed':2,'nodes':[{'id':'edge-1','connected':true,'acknowledged':1,'pending':0,'rejected':[{'resource':'tenant/a'}]}]}");

        FakeControlPlane.Run run = plane.run("sync", "--dry-run", "--wait");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out())
                .startsWith("sync 1 of revision 4 would send 2 resources\n")
                .contains("edge-1", "connected");
        assertThat(run.err()).startsWith("edge-1: rejects 1 resource;");
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
