package io.gatewright.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.gatewright.testkit.admin.EntityFault;
import io.gatewright.testkit.admin.SimulatedAdmin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole control plane with two Kongs, one of which is away: what the API and the command line say of them. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
final class KongIT {
    private static final String GONE = "http://127.0.0.1:1";

    @TempDir
    static Path directory;

    private static SimulatedAdmin kong;
    private static Plane plane;
    private static Cli cli;

    @BeforeAll
    static void start() throws IOException {
        kong = SimulatedAdmin.start(KongIT::unlucky);
        plane = Plane.empty(directory, "--kong-nodes=edge=%s|%s,gone=%s".formatted(kong.uri(), kong.proxy(), GONE));
        plane.api().commit("the sample", (ArrayNode) Plane.sample().path("documents"));
        cli = new Cli(plane.api());
    }

    @AfterAll
    static void stop() {
        plane.close();
        kong.close();
    }

    /** Refuses one limit. */
    private static List<EntityFault> unlucky(JsonNode document) {
        List<EntityFault> faults = new ArrayList<>();
        for (JsonNode plugin : document.path("plugins")) {
            if (plugin.at("/config/minute").asInt() == 13) {
                faults.add(new EntityFault("plugin", plugin, "config.minute", "is not lucky"));
            }
        }
        return faults;
    }

    @Test
    void bringsAChangeToAKongAndProvesIt() throws IOException {
        cli.write("set", "tenant=frischwerk-de", "rate-limit.requests", "77").done();

        JsonNode status = cli.run("status", "frischwerk-de", "--wait", "PT30S", "-o", "json")
                .done()
                .json();

        assertThat(status.path("live").asBoolean()).isTrue();
        assertThat(status.at("/nodes/0/gateway").asText()).isEqualTo("kong");
        assertThat(status.at("/nodes/0/state").asText()).isEqualTo("acknowledged");
        assertThat(limit("frischwerk-de")).isEqualTo(77);
    }

    @Test
    void previewsTheEntitiesThatAChangeWouldTouchAndPostsNone() throws IOException {
        cli.run("status", "frischwerk-de", "--wait", "PT30S").done();

        JsonNode changed = kongPreview("{'value':6}", "rate-limit.requests");
        assertThat(changed.path("nodes")).hasToString("[\"edge\"]");
        assertThat(changed.at("/resources/count").asInt()).isPositive();
        assertThat(changed.at("/resources/list").findValuesAsText("change")).containsOnly("changed");
        assertThat(changed.at("/resources/list").findValuesAsText("type")).containsOnly("plugins");
        assertThat(changed.at("/resources/list").findValuesAsText("name"))
                .allMatch(name -> name.startsWith("rate-limiting/") && name.contains("consumer=frischwerk-de"));
        JsonNode removed = kongPreview("{'value':'off'}", "rate-limit.mode");
        assertThat(removed.at("/resources/list").findValuesAsText("change")).contains("removed");
        assertThat(limit("frischwerk-de")).isNotEqualTo(6);
    }

    private static JsonNode kongPreview(String body, String key) {
        String change = "{'kind':'setting','id':'tenant=frischwerk-de/%s','body':%s}".formatted(key, body);
        JsonNode gateways = plane.send("POST", "/v1/preview", "{'changes':[" + change + "]}")
                .done()
                .json()
                .path("gateways");
        assertThat(gateways.findValuesAsText("gateway")).containsExactly("envoy", "kong");
        return gateways.path(1);
    }

    @Test
    void aRefusedSettingHoldsItsTenantBackAndNamesItsAuthor() throws IOException {
        cli.write("set", "tenant=frischwerk-at", "rate-limit.requests", "7").done();
        long revision = cli.write("set", "tenant=gruenkost-de", "rate-limit.requests", "13")
                .done()
                .revision();

        Cli.Run waiting = cli.run("status", "frischwerk-at", "--wait", "PT30S");
        assertThat(waiting.code()).as(waiting.err()).isZero();
        JsonNode held = cli.run("status", "gruenkost-de", "-o", "json").done().json();

        assertThat(limit("frischwerk-at")).isEqualTo(7);
        assertThat(held.path("live").asBoolean()).isFalse();
        assertThat(held.at("/nodes/0/state").asText()).isEqualTo("rejected");
        assertThat(cli.run("gateways").done().out())
                .contains("edge rejects plugin rate-limiting of tenant gruenkost-de")
                .contains("tenant=gruenkost-de/rate-limit.requests, revision " + revision + " by ");

        cli.write("set", "tenant=gruenkost-de", "rate-limit.requests", "14").done();
        assertThat(cli.run("status", "gruenkost-de", "--wait", "PT30S").code()).isZero();
    }

    @Test
    void exportsBothFilesAndSaysByEntityWhatWouldBeSent() throws IOException {
        cli.run("status", "frischwerk-de", "--wait", "PT30S").done();
        String dbless = cli.run("export", "dbless").done().out();
        assertThat(dbless.strip())
                .isEqualTo(cli.run("export", "dbless", "--profile", "full")
                        .done()
                        .out()
                        .strip());
        assertThat(dbless).contains("gatewright-guard");
        assertThat(cli.run("export", "deck", "--profile", "native").done().out())
                .startsWith("_format_version: \"3.0\"")
                .contains("key_claim_name: \"kid\"");
        assertThat(plane.send("GET", "/v1/export/kong/deck?profile=odd", null)
                        .problem(400)
                        .path("field")
                        .asText())
                .isEqualTo("profile");

        assertThat(cli.run("sync", "--gateway", "kong", "--dry-run").done().out())
                .contains("gone creating consumers frischwerk-de")
                .doesNotContain("edge creating")
                .doesNotContain("edge updating");
    }

    @Test
    void aKongThatIsAwayIsNamedAndStopsNobody() throws IOException {
        Cli.Run sync = cli.run("sync", "--gateway", "kong", "--wait", "PT3S");

        assertThat(sync.code()).isEqualTo(1);
        assertThat(sync.err()).contains("gone: has not answered").doesNotContain("edge: has not");
        assertThat(sync.out()).contains("edge").contains("proven");
        assertThat(cli.run("gateways").done().out())
                .contains("gone: nobody answers at " + GONE)
                .contains("3.9.3");
        assertThat(cli.run("status", "frischwerk-de", "--wait", "PT30S").done().out())
                .contains("is live");
    }

    private long limit(String tenant) {
        for (JsonNode plugin : kong.config().path("plugins")) {
            if (plugin.path("consumer").asText().equals(tenant) && !plugin.has("service") && !plugin.has("route")) {
                return plugin.at("/config/minute").asLong();
            }
        }
        return -1;
    }
}
