package io.gatewright.pdk.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.pdk.FailurePolicy;
import io.gatewright.pdk.Kong;
import io.gatewright.pdk.KongPlugin;
import io.gatewright.pdk.Outcome;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Instances and the configs they share; the numbers are those of the conformance cases. */
@Timeout(60)
final class InstanceTest {
    /** Tells when a config comes into use and goes out of it. */
    private static final class Keeping implements KongPlugin<Probe.Config> {
        private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
        private final CountDownLatch running = new CountDownLatch(1);
        private final CountDownLatch go = new CountDownLatch(1);

        @Override
        public void opened(Probe.Config config) {
            told.add("opened " + config.word().orElseThrow());
            if (config.word().orElseThrow().equals("bad")) {
                throw new IllegalArgumentException("bad word");
            }
        }

        @Override
        public void closed(Probe.Config config) {
            told.add("closed " + config.word().orElseThrow());
        }

        @Override
        public Outcome access(Kong kong, Probe.Config config) {
            running.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            told.add("ran " + config.word().orElseThrow());
            return Outcome.proceed();
        }
    }

    @Test
    @DisplayName("K10 a config goes out of use after the last event of its instance")
    void waitsForRunningEvents() throws Exception {
        Keeping plugin = new Keeping();
        try (Served served = Served.by(plugin)) {
            KongPeer kong = served.connect();
            KongPeer other = served.connect();
            int instance = kong.start("keeping", "{\"word\":\"w\"}");
            kong.event(instance, "access");
            plugin.running.await();
            other.close(instance);
            plugin.go.countDown();
            kong.expectEnd();
            assertThat(List.of(plugin.told.take(), plugin.told.take(), plugin.told.take()))
                    .containsExactly("opened w", "ran w", "closed w");
        }
    }

    @Test
    void equalConfigsOfSeveralInstancesAreOne() throws Exception {
        Keeping plugin = new Keeping();
        try (Served served = Served.by(plugin)) {
            KongPeer kong = served.connect();
            int one = kong.start("keeping", "{\"word\":\"w\",\"__seq__\":1,\"route_id\":\"r\"}");
            int two = kong.start("keeping", "{\"word\":\"w\",\"__seq__\":2}");
            int three = kong.start("keeping", "{\"word\":\"v\"}");
            kong.close(one);
            kong.close(three);
            kong.close(two);
            assertThat(List.copyOf(plugin.told)).containsExactly("opened w", "opened v", "closed v", "closed w");
        }
    }

    @Test
    void aConfigThatThePluginRefusesIsAnsweredForByItsPolicy() throws Exception {
        Keeping plugin = new Keeping();
        try (Served served = Served.by(plugin)) {
            KongPeer kong = served.connect();
            int instance = kong.start("keeping", "{\"word\":\"bad\"}");
            kong.event(instance, "access");
            kong.expectCall("kong.log.err");
            kong.expectCall("kong.response.exit");
            served.awaitSaid("bad word");
            assertThat(plugin.told).containsExactly("opened bad");
        }
    }

    @Test
    @DisplayName("K24 an unknown instance is named to Kong, which closes then")
    void tellsOfAnUnknownInstance() throws Exception {
        try (Served served = Served.by(Probe.doing(kong -> {}))) {
            KongPeer kong = served.connect();
            kong.event(77, "access");
            assertThat(kong.expectCall("No plugin instance 77")).isEmpty();
            assertThat(served.server().connections()).isEqualTo(1);
            kong.endOutput();
            kong.expectEndOfStream();
        }
    }

    @Test
    @DisplayName("K25 ids are not those of an earlier server")
    void idsAreRandom() throws Exception {
        Set<Integer> ids = new HashSet<>();
        for (int server = 0; server < 2; server++) {
            try (Served served = Served.by(Probe.doing(kong -> {}))) {
                KongPeer kong = served.connect();
                for (int i = 0; i < 50; i++) {
                    ids.add(kong.start("probe", Served.CONFIG));
                }
                assertThat(served.server().instances()).isEqualTo(50);
            }
        }
        assertThat(ids).hasSize(100);
    }

    @Test
    void severalPluginsShareOneSocket() throws Exception {
        BlockingQueue<String> ran = new LinkedBlockingQueue<>();
        Probe[] probes = List.of("a", "b").stream()
                .map(name -> new Probe(name, FailurePolicy.CLOSED, (kong, config) -> {
                    ran.add(name
                            + config.word().orElse("")
                            + kong.placement().routeId().orElse(""));
                    return Outcome.proceed();
                }))
                .toArray(Probe[]::new);
        try (Served served = Served.by(probes)) {
            KongPeer kong = served.connect();
            int b = kong.start("b", "{\"word\":\"2\",\"route_id\":\"r\"}");
            int a = kong.start("a", "{\"word\":\"1\"}");
            kong.event(a, "access");
            kong.expectEnd();
            kong.event(b, "access");
            kong.expectEnd();
        }
        assertThat(ran).containsExactly("a1", "b2r");
    }

    @Test
    void instancesWithoutEventsGoAfterAWhile() {
        AtomicLong now = new AtomicLong();
        AtomicInteger ids = new AtomicInteger();
        Instances instances =
                new Instances(ids::incrementAndGet, InstantSource.system(), now::get, new Journal(System.err));
        Keeping plugin = new Keeping();
        var entry = PluginEntry.of(plugin, ServerOptions.at(java.nio.file.Path.of("s")));
        int idle = instances
                .start(entry, "{\"word\":\"i\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .id();
        int busy = instances
                .start(entry, "{\"word\":\"b\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .id();
        now.set(100);
        Instance<?> held = instances.acquire(busy);
        assertThat(held).isNotNull();
        now.set(101);
        instances.closeIdle(100);
        assertThat(instances.get(idle)).isNull();
        assertThat(instances.get(busy)).isNotNull();
        assertThat(plugin.told).containsExactly("opened i", "opened b", "closed i");
    }
}
