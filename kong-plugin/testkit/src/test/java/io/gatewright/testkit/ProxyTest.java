package io.gatewright.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatewright.pdk.Headers;
import io.gatewright.pdk.Outcome;
import io.gatewright.pdk.Response;
import io.gatewright.pdk.server.KongPluginServer;
import io.gatewright.pdk.server.ServerOptions;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real requests through the simulator to a real upstream, with plugins of the PDK on a real socket. */
class ProxyTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private TestUpstream upstream;
    private HttpClient client;

    @BeforeEach
    void start() throws IOException {
        upstream = new TestUpstream();
        client = HttpClient.newHttpClient();
    }

    @AfterEach
    void stop() {
        client.close();
        upstream.close();
    }

    @Test
    void runsAccessThenUpstreamThenResponseThenLog() throws Exception {
        List<String> order = new CopyOnWriteArrayList<>();
        TestPlugin plugin = new TestPlugin("test")
                .onAccess(kong -> {
                    order.add("access " + kong.request().getMethod());
                    kong.service().request().setHeader("X-Up", "1");
                    kong.response().setHeader("X-Early", "yes");
                    return Outcome.proceed();
                })
                .onResponse(kong -> {
                    order.add("response " + kong.service().response().getStatus());
                    kong.response().setHeader("X-Late", "yes");
                    return Outcome.proceed();
                })
                .onLog(kong -> order.add("log " + kong.response().getStatus()));
        through(plugin, kong -> {
            HttpResponse<String> response = send(kong, "POST", "/orders?x=1");

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).isEqualTo("upstream");
            assertThat(response.headers().firstValue("x-early")).hasValue("yes");
            assertThat(response.headers().firstValue("x-late")).hasValue("yes");
            assertThat(upstream.seen()).containsExactly("POST /orders?x=1 x-up=1");
            kong.awaitLogged(1, SOON);
            assertThat(order).containsExactly("access POST", "response 200", "log 200");
        });
    }

    @Test
    void answersAnExitWithoutAskingTheUpstream() throws Exception {
        TestPlugin plugin = new TestPlugin("test").onAccess(kong -> exit(409, "busy"));
        through(plugin, kong -> {
            HttpResponse<String> response = send(kong, "POST", "/");

            assertThat(response.statusCode()).isEqualTo(409);
            assertThat(response.body()).isEqualTo("busy");
            assertThat(upstream.seen()).isEmpty();
        });
    }

    @Test
    void closesTheConnectionWhenAHeldUpdateCarriesTheOldTag() throws Exception {
        upstream.answering(200, "\"v2\"");
        TestPlugin plugin =
                new TestPlugin("test").onAccess(kong -> Outcome.proceed()).onResponse(kong -> Outcome.proceed());
        through(plugin, kong -> {
            assertThatThrownBy(() -> send(kong, "PUT", "/", "If-Match", "\"v1\""))
                    .isInstanceOf(IOException.class);
            assertThat(upstream.seen()).containsExactly("PUT / if-match=\"v1\"");
        });
    }

    @Test
    void answers412ToAHeldUpdateThatCarriesTheOldTagBefore38() throws Exception {
        upstream.answering(200, "\"v2\"");
        TestPlugin plugin =
                new TestPlugin("test").onAccess(kong -> Outcome.proceed()).onResponse(kong -> Outcome.proceed());
        through("3.7", plugin, kong -> {
            assertThat(send(kong, "PUT", "/", "If-Match", "\"v1\"").statusCode())
                    .isEqualTo(412);
            assertThat(upstream.seen()).containsExactly("PUT / if-match=\"v1\"");
        });
    }

    @Test
    void letsAnUpdateWithTheOldTagThroughWhenTheResponseIsNotHeld() throws Exception {
        upstream.answering(200, "\"v2\"");
        List<String> order = new CopyOnWriteArrayList<>();
        TestPlugin plugin = new TestPlugin("test")
                .onAccess(kong -> {
                    kong.nginx().bufferResponse(false);
                    return Outcome.proceed();
                })
                .onResponse(kong -> {
                    order.add("response");
                    return Outcome.proceed();
                });
        through(plugin, kong -> {
            assertThat(send(kong, "PUT", "/", "If-Match", "\"v1\"").statusCode())
                    .isEqualTo(200);
            assertThat(order).isEmpty();
        });
    }

    @Test
    void sendsAReplayOnlyWhenItClearsTheConditions() throws Exception {
        TestPlugin naive = new TestPlugin("test").onAccess(kong -> exit(200, "stored"));
        through(
                naive,
                kong -> assertThatThrownBy(() -> send(kong, "PUT", "/", "If-Match", "\"v1\""))
                        .isInstanceOf(IOException.class));
        TestPlugin careful = new TestPlugin("test").onAccess(kong -> {
            kong.service().request().clearHeader("If-Match");
            return exit(200, "stored");
        });
        through(
                careful,
                kong -> assertThat(send(kong, "PUT", "/", "If-Match", "\"v1\"").body())
                        .isEqualTo("stored"));
    }

    @Test
    void saysOkForAResponseThatBreaksOff() throws Exception {
        upstream.breakingOff();
        List<String> order = new CopyOnWriteArrayList<>();
        TestPlugin plugin = new TestPlugin("test")
                .onAccess(kong -> Outcome.proceed())
                .onResponse(kong -> {
                    order.add("response");
                    return Outcome.proceed();
                })
                .onLog(kong -> {
                    boolean naive = kong.response().getStatus() == 200;
                    boolean careful = naive && kong.response().getSource() == Response.Source.SERVICE;
                    order.add("stored by the naive: " + naive + ", by the careful: " + careful);
                });
        through(plugin, kong -> {
            HttpResponse<String> response = send(kong, "POST", "/");

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).contains("An unexpected error occurred");
            kong.awaitLogged(1, SOON);
            assertThat(order).containsExactly("stored by the naive: true, by the careful: false");
        });
    }

    @Test
    void turnsAMethodItDoesNotKnowIntoGetWhenItHoldsTheResponse() throws Exception {
        TestPlugin plugin = new TestPlugin("test").onResponse(kong -> Outcome.proceed());
        through(plugin, kong -> {
            send(kong, "REPORT", "/");
            assertThat(upstream.seen()).containsExactly("GET /");
        });
    }

    @Test
    void showsAnotherRequestAfterALogEventThatFailed() throws Exception {
        List<String> read = new CopyOnWriteArrayList<>();
        TestPlugin reader = new TestPlugin("reader")
                .onAccess(kong -> {
                    kong.ctx()
                            .shared()
                            .set("who", kong.request().getHeader("X-Who").orElse("?"));
                    return Outcome.proceed();
                })
                .onResponse(kong -> {
                    read.add(kong.ctx().shared().get("who") + " "
                            + kong.nginx().getVar("http_x_who").orElse("?"));
                    return Outcome.proceed();
                });
        reader.onLog(kong -> {});
        through(reader, kong -> {
            kong.failNextLogEvent();
            send(kong, "GET", "/", "X-Who", "first");
            kong.awaitLogged(1, SOON);
            send(kong, "GET", "/", "X-Who", "second");
        });
        assertThat(read).hasSize(2);
        assertThat(read.getLast()).contains("first").endsWith("second");
    }

    private static Outcome exit(int status, String body) {
        return Outcome.exit(status, Headers.of("Content-Type", "text/plain"), body.getBytes(StandardCharsets.UTF_8));
    }

    private interface Story {
        void tell(SimulatedKong kong) throws Exception;
    }

    private void through(TestPlugin plugin, Story story) throws Exception {
        through("3.9", plugin, story);
    }

    private void through(String version, TestPlugin plugin, Story story) throws Exception {
        Path socket = directory.resolve("test.socket");
        try (KongPluginServer server = KongPluginServer.start(ServerOptions.at(socket), plugin);
                SimulatedKong kong = SimulatedKong.on(server.socket())
                        .version(version)
                        .upstream(upstream.uri())
                        .plugin(plugin.configured(1000))
                        .start()) {
            story.tell(kong);
        }
    }

    private HttpResponse<String> send(SimulatedKong kong, String method, String path, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(kong.proxy().resolve(path))
                .timeout(SOON)
                .method(method, method.equals("GET") ? BodyPublishers.noBody() : BodyPublishers.ofString("{}"));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }
}
