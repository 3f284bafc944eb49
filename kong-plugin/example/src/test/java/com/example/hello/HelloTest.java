package com.example.hello;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.gatewright.pdk.server.KongPluginServer;
import io.gatewright.pdk.server.ServerOptions;
import io.gatewright.testkit.SimulatedKong;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The plugin on its real server, between a real client and a real upstream; only Kong is played. */
final class HelloTest {
    @TempDir
    Path directory;

    private HttpServer upstream;
    private KongPluginServer server;

    @BeforeEach
    void start() throws IOException {
        upstream = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        upstream.createContext("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        upstream.start();
        server = KongPluginServer.start(ServerOptions.at(directory.resolve("hello.socket")), new Hello());
    }

    @AfterEach
    void stop() {
        server.close();
        upstream.stop(0);
    }

    @Test
    void greetsByName() throws Exception {
        HttpResponse<String> response = send("{\"greeting\":\"good day\"}", "x-name", "Ada");

        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(response.headers().firstValue("x-greeting")).hasValue("good day Ada");
    }

    @Test
    void sendsAwayWhoeverHasNoName() throws Exception {
        HttpResponse<String> response = send("{\"name_required\":true}", "x-other", "1");

        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(response.body()).isEqualTo("Who are you?\n");
    }

    private HttpResponse<String> send(String config, String name, String value) throws Exception {
        URI base = URI.create("http://127.0.0.1:" + upstream.getAddress().getPort());
        String dump = Files.readString(Path.of("target/kong/hello.json"));
        try (SimulatedKong kong = SimulatedKong.on(server.socket())
                        .version("3.9")
                        .plugin(dump, "hello", config)
                        .upstream(base)
                        .start();
                HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request =
                    HttpRequest.newBuilder(kong.proxy()).header(name, value).build();
            return client.send(request, BodyHandlers.ofString());
        }
    }
}
