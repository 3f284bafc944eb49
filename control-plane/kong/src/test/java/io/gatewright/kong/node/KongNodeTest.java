package io.gatewright.kong.node;

import static io.gatewright.settings.Given.document;
import static io.gatewright.settings.Given.setting;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.kong.Bundle;
import io.gatewright.kong.DblessDocument;
import io.gatewright.kong.Registries;
import io.gatewright.kong.Target;
import io.gatewright.settings.Document;
import io.gatewright.testkit.admin.SimulatedAdmin;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Times are short here and nothing is measured: every wait is for something that comes. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class KongNodeTest implements KongNode.Listener {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration SOON = Duration.ofMillis(5);

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private final List<KongNode> nodes = new ArrayList<>();
    private final List<Drift> drifts = new CopyOnWriteArrayList<>();
    private final Taste taste = new Taste();
    private SimulatedAdmin kong;

    @BeforeEach
    void start() throws IOException {
        kong = SimulatedAdmin.start(taste::judge);
    }

    @AfterEach
    void stop() {
        nodes.forEach(KongNode::close);
        client.shutdownNow();
        kong.close();
    }

    @Override
    public void changed(NodeView view) {}

    @Override
    public void drifted(Drift drift) {
        drifts.add(drift);
    }

    @Test
    void postsTheTextAndProvesItByTheHash() throws InterruptedException {
        Bundle bundle = bundle();

        KongNode node = node(kong.uri(), null);
        node.offer(bundle);

        assertThat(node.awaitSettled(bundle.digest(), PATIENCE)).isTrue();
        assertThat(kong.hash()).isEqualTo(DblessDocument.of(bundle).hash());
        assertThat(kong.config().path("consumers")).hasSize(2);
        NodeView view = node.view();
        assertThat(view.state()).isEqualTo(NodeView.State.PROVEN);
        assertThat(view.version()).isEqualTo("3.9.3");
        assertThat(view.provenAt()).isNotNull();
        assertThat(view.entities()).isEqualTo((int) bundle.all().count());
        assertThat(kong.posts()).isEqualTo(1);
    }

    @Test
    void aKongThatRunsItAlreadyIsNotSentAnything() throws InterruptedException {
        Bundle bundle = bundle();
        kong.overwrite(DblessDocument.of(bundle).text());

        KongNode node = node(kong.uri(), null);
        node.offer(bundle);

        assertThat(node.awaitSettled(bundle.digest(), PATIENCE)).isTrue();
        assertThat(kong.posts()).isZero();
    }

    @Test
    void theSameDocumentFromAnotherControlPlaneIsNotLoadedAgain() throws IOException, InterruptedException {
        Bundle bundle = bundle();
        AdminApi admin = new AdminApi(kong.uri(), client);

        assertThat(admin.post(DblessDocument.of(bundle))).isInstanceOf(AdminApi.Answer.Loaded.class);
        assertThat(admin.post(DblessDocument.of(bundle))).isInstanceOf(AdminApi.Answer.Loaded.class);

        assertThat(kong.loads()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"429, Retry-After, 0", "503, X-None, 0", "504, X-None, 0"})
    void triesAgainWhenTheKongCannotTakeItNow(int status, String header, String value) throws InterruptedException {
        Bundle bundle = bundle();
        kong.answerNext(status, Map.of(header, value));
        kong.answerNext(status, Map.of(header, value));

        KongNode node = node(kong.uri(), null);
        node.offer(bundle);

        assertThat(node.awaitSettled(bundle.digest(), PATIENCE)).isTrue();
        assertThat(kong.posts()).isEqualTo(3);
        assertThat(node.view().posts()).isEqualTo(3);
    }

    @Test
    void saysWhichKnobHelpsWhenTheKongsMemoryIsTooSmall() throws InterruptedException {
        Bundle bundle = bundle();
        kong.answerNext(413, Map.of());

        KongNode node = node(kong.uri(), null);
        node.offer(bundle);

        assertThat(node.awaitSettled(bundle.digest(), PATIENCE)).isTrue();
        assertThat(node.view().refusals())
                .singleElement()
                .satisfies(refusal -> assertThat(refusal.reason()).contains("lmdb_map_size"));
        assertThat(node.view().provenAt()).isNull();
    }

    @Test
    void aKongThatIsNotThereYetGetsItWhenItComes() throws IOException, InterruptedException {
        Bundle bundle = bundle();
        kong.goAway();
        KongNode node = node(kong.uri(), null);
        node.offer(bundle);
        while (node.view().problem().isEmpty()) {
            Thread.onSpinWait();
        }
        assertThat(node.view().state()).isEqualTo(NodeView.State.AWAY);

        kong.comeBack();

        assertThat(node.awaitSettled(bundle.digest(), PATIENCE)).isTrue();
    }

    @Test
    void aKongThatLostItsConfigurationInARestartGetsItAgainAtOnce() throws InterruptedException {
        Bundle bundle = bundle();
        KongNode node = node(kong.uri(), null);
        node.offer(bundle);
        assertThat(node.awaitSettled(bundle.digest(), PATIENCE)).isTrue();

        kong.restart();
        kong.awaitLoads(2);

        assertThat(node.awaitSettled(bundle.digest(), PATIENCE)).isTrue();
        assertThat(kong.hash()).isEqualTo(DblessDocument.of(bundle).hash());
        assertThat(drifts).extracting(Drift::restarted).containsExactly(true);
        assertThat(node.view().drifts()).isEqualTo(1);
    }

    @Test
    void whatSomebodyElsePostedIsPutRight() throws InterruptedException {
        Bundle bundle = bundle();
        KongNode node = node(kong.uri(), null);
        node.offer(bundle);
        assertThat(node.awaitSettled(bundle.digest(), PATIENCE)).isTrue();

        kong.overwrite("{\"_format_version\":\"3.0\"}");
        kong.awaitLoads(3);

        assertThat(kong.hash()).isEqualTo(DblessDocument.of(bundle).hash());
        assertThat(drifts).extracting(Drift::restarted).containsExactly(false);
    }

    @Test
    void aRefusedTenantKeepsWhatItHadAndAllOthersGoOn() throws InterruptedException {
        Bundle before = bundle();
        KongNode node = node(kong.uri(), null);
        node.offer(before);
        assertThat(node.awaitSettled(before.digest(), PATIENCE)).isTrue();
        taste.refuse("\"minute\":13");

        Bundle after = bundle(
                document("setting/tenant=acme-de/rate-limit.requests", 12, "{\"value\":13}"),
                setting("tenant=acme-at", "rate-limit.requests", "7"));
        node.offer(after);

        assertThat(node.awaitSettled(after.digest(), PATIENCE)).isTrue();
        assertThat(Taste.limit(kong.config(), "acme-de")).isEqualTo(600);
        assertThat(Taste.limit(kong.config(), "acme-at")).isEqualTo(7);
        NodeView view = node.view();
        assertThat(view.state()).isEqualTo(NodeView.State.REJECTED);
        assertThat(view.provenAt()).isNotNull();
        assertThat(view.refusals()).singleElement().satisfies(refusal -> {
            assertThat(refusal.tenant()).isEqualTo("acme-de");
            assertThat(refusal.settings()).containsExactly("tenant=acme-de/rate-limit.requests");
            assertThat(refusal.revision()).isEqualTo(12);
            assertThat(refusal.entity()).isEqualTo("plugin rate-limiting");
            assertThat(refusal.reason()).isEqualTo("config.minute: is not lucky");
        });
    }

    @Test
    void aTenantWhoseLastGoodStateIsRefusedTooIsLeftOut() throws InterruptedException {
        Bundle before = bundle(setting("tenant=acme-de", "rate-limit.requests", "12"));
        KongNode node = node(kong.uri(), null);
        node.offer(before);
        assertThat(node.awaitSettled(before.digest(), PATIENCE)).isTrue();
        taste.refuse("\"minute\":13");
        taste.refuse("\"minute\":12");

        Bundle after = bundle(
                setting("tenant=acme-de", "rate-limit.requests", "13"),
                setting("tenant=acme-at", "rate-limit.requests", "7"));
        node.offer(after);

        assertThat(node.awaitSettled(after.digest(), PATIENCE)).isTrue();
        assertThat(kong.config().path("consumers")).hasSize(1);
        assertThat(node.view().refusals()).extracting(Refusal::tenant).containsOnly("acme-de");
    }

    @Test
    void aTenantIsNoLongerHeldBackWhenItsSettingIsCorrected() throws InterruptedException {
        taste.refuse("\"minute\":13");
        KongNode node = node(kong.uri(), null);
        Bundle bad = bundle(setting("tenant=acme-de", "rate-limit.requests", "13"));
        node.offer(bad);
        assertThat(node.awaitSettled(bad.digest(), PATIENCE)).isTrue();

        Bundle good = bundle(setting("tenant=acme-de", "rate-limit.requests", "14"));
        node.offer(good);

        assertThat(node.awaitSettled(good.digest(), PATIENCE)).isTrue();
        assertThat(node.view().state()).isEqualTo(NodeView.State.PROVEN);
        assertThat(Taste.limit(kong.config(), "acme-de")).isEqualTo(14);
    }

    @Test
    void whatAllShareIsRefusedAsAWholeAndTheKongGoesOnWithWhatItHas() throws InterruptedException {
        Bundle before = bundle();
        KongNode node = node(kong.uri(), null);
        node.offer(before);
        assertThat(node.awaitSettled(before.digest(), PATIENCE)).isTrue();
        taste.refuse("\"host\":\"moved.internal\"");

        Bundle after = bundle(document(
                "module/orders",
                20,
                "{\"prefix\":\"/api/orders\",\"upstream\":{\"endpoints\":[\"moved.internal:80\"]},\"routes\":[]}"));
        node.offer(after);

        assertThat(node.awaitSettled(after.digest(), PATIENCE)).isTrue();
        assertThat(kong.hash()).isEqualTo(DblessDocument.of(before).hash());
        assertThat(node.view().refusals()).first().satisfies(refusal -> {
            assertThat(refusal.tenant()).isEqualTo(Refusal.ALL);
            assertThat(refusal.revision()).isEqualTo(20);
        });
        assertThat(node.view().provenAt()).isNull();
    }

    @Test
    void oneKongThatFailsStopsNoOther() throws IOException, InterruptedException {
        Bundle bundle = bundle();
        try (SimulatedAdmin gone = SimulatedAdmin.start(document -> List.of())) {
            URI nobody = gone.uri();
            gone.goAway();
            KongFleet fleet = new KongFleet(
                    List.of(options("gone", nobody, null), options("here", kong.uri(), null)),
                    HttpClient.newHttpClient(),
                    Clock.systemUTC());
            try (fleet) {
                fleet.start();
                fleet.offer(bundle);
                kong.awaitLoads(1);

                fleet.awaitSettledIfThere(bundle.digest(), PATIENCE);
                assertThat(fleet.views().getLast().state()).isEqualTo(NodeView.State.PROVEN);
                assertThat(fleet.awaitSettled(bundle.digest(), Duration.ZERO)).isFalse();
                assertThat(fleet.views()).extracting(NodeView::name).containsExactly("gone", "here");
                assertThat(fleet.views().getFirst().connected()).isFalse();
            }
        }
    }

    @Test
    void keepsAFileOfWhatTheKongProvedLast() throws IOException, InterruptedException {
        Bundle bundle = bundle();
        KongNode node = node(kong.uri(), null);
        node.offer(bundle);

        assertThat(node.awaitSettled(bundle.digest(), PATIENCE)).isTrue();

        assertThat(folder.resolve("kong.json"))
                .hasContent(DblessDocument.of(bundle).text());
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void isProvenOnlyWhenTheProxyServesIt() throws IOException, InterruptedException {
        Bundle bundle = bundle();
        try (SimulatedAdmin stale = SimulatedAdmin.start(document -> List.of())) {
            stale.overwrite(DblessDocument.of(bundle(setting("tenant=acme-de", "rate-limit.requests", "1")))
                    .text());
            KongNode node = node(kong.uri(), stale.proxy());
            node.offer(bundle);
            kong.awaitLoads(1);
            while (node.view().problem().isEmpty()) {
                Thread.onSpinWait();
            }
            assertThat(node.view().problem()).contains("do not serve it yet");
            assertThat(node.view().answered()).isFalse();

            stale.overwrite(DblessDocument.of(bundle).text());

            assertThat(node.awaitSettled(bundle.digest(), PATIENCE)).isTrue();
        }
    }

    @Test
    void offersWhatIsRefusedOnceMoreWhenAsked() throws InterruptedException {
        taste.refuse("\"minute\":13");
        KongNode node = node(kong.uri(), null);
        Bundle bad = bundle(setting("tenant=acme-de", "rate-limit.requests", "13"));
        node.offer(bad);
        assertThat(node.awaitSettled(bad.digest(), PATIENCE)).isTrue();
        int loads = kong.loads();

        taste.refuseNothing();
        node.check();
        kong.awaitLoads(loads + 1);

        assertThat(Taste.limit(kong.config(), "acme-de")).isEqualTo(13);
    }

    private static Bundle bundle(Document... more) {
        return Registries.bundle(Registries.with(more), Target.FULL);
    }

    private KongNode node(URI admin, @Nullable URI proxy) {
        KongNode node = new KongNode(options("kong", admin, proxy), client, Clock.systemUTC(), this);
        nodes.add(node);
        node.start();
        return node;
    }

    private NodeOptions options(String name, URI admin, @Nullable URI proxy) {
        return new NodeOptions(name, admin, proxy, folder, SOON, SOON, SOON);
    }
}
