package io.gatewright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KongTest {
    @TempDir
    Path directory;

    private final FakeControlPlane plane;

    KongTest() throws IOException {
        plane = new FakeControlPlane();
    }

    @AfterEach
    void stop() {
        plane.close();
    }

    @Test
    void printsTheFileForDeckOfTheProfileThatIsNamed() {
        plane.on("GET /v1/export/kong/deck?profile=native", 200, "_format_version: '3.0'\n");

        FakeControlPlane.Run run = plane.run("export", "deck", "--profile", "native");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo("_format_version: \"3.0\"\n");
    }

    @Test
    void writesTheDeclarativeConfigurationToAFile() {
        plane.on("GET /v1/export/kong/dbless?at=7", 200, "{'_format_version':'3.0'}\n");
        Path file = directory.resolve("kong.json");

        FakeControlPlane.Run run = plane.run("export", "dbless", "--at", "7", "--file", file.toString());

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(file).hasContent("{\"_format_version\":\"3.0\"}\n");
    }

    @Test
    void leavesNoFileWhenTheControlPlaneSaysNo() {
        Path file = directory.resolve("kong.json");

        FakeControlPlane.Run run = plane.run("export", "dbless", "--file", file.toString());

        assertThat(run.code()).isEqualTo(1);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aDryRunOfKongsSaysByEntityWhatEachWouldBeSent() {
        plane.on("POST /v1/syncs?dryRun=true&gateway=kong", 200, """
                {'sync':{'id':4,'revision':9,'dryRun':true,'changed':3,'drift':0,'outcome':'planned','nodes':[{'id':'edge',\
                'state':'proven','sent':3,'accepted':0,'open':0,'rejected':[],'changes':{'creating':['consumers acme-at'],\
                'updating':[],'deleting':['consumers acme-de']},'summary':{'creating':2,'updating':0,'deleting':1}}]}}""");

        FakeControlPlane.Run run = plane.run("sync", "--gateway", "kong", "--dry-run");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("would send 3 resources").contains("""
                        edge creating consumers acme-at
                        edge creating 1 more
                        edge deleting consumers acme-de
                        """);
    }

    @Test
    void saysWhichSettingAKongRefusesAndWhoWroteIt() {
        plane.on("GET /v1/gateways", 200, """
                {'nodes':[{'id':'edge','cluster':'kong','version':'3.9.3','connected':true,'since':'2026-11-25T10:00:00Z',\
                'acknowledged':7,'pending':0,'rejected':[{'resource':'plugin rate-limiting','tenant':'acme-de','revision':12,\
                'reason':'config.minute: expected a number','since':'2026-11-25T10:00:01Z',\
                'settings':['tenant=acme-de/rate-limit.requests'],'actor':'alice'}]}]}""");

        assertThat(plane.run("gateways").out())
                .contains(
                        "edge rejects plugin rate-limiting of tenant acme-de since 2026-11-25T10:00:01Z: "
                                + "config.minute: expected a number (tenant=acme-de/rate-limit.requests, revision 12 by alice)");
    }
}
