package io.gatewright.server.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With whom it speaks TLS, by a server whose certificate is for {@code localhost} and signed by itself. */
final class GuardedGetTest {
    private static final String TRUST = "javax.net.ssl.trustStore";
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    Path directory;

    private final Vertx vertx = Vertx.vertx();
    private HttpsServer server;

    @BeforeEach
    void start() throws Exception {
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context(keyStore())));
        server.createContext("/", exchange -> {
            byte[] body =
                    exchange.getRequestHeaders().getFirst("Host").getBytes(java.nio.charset.StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        System.clearProperty(TRUST);
        server.stop(0);
        vertx.close();
    }

    private Path keyStore() throws IOException, InterruptedException {
        Path file = directory.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "a",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "changeit",
                        "-keystore",
                        file.toString())
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
        return file;
    }

    private static SSLContext context(Path file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private String get(String host) throws IOException, InterruptedException {
        AllowedAddresses allowed = new AllowedAddresses(false, Set.of("localhost", "127.0.0.1"));
        URI uri = URI.create("https://" + host + ":" + server.getAddress().getPort() + "/");
        return new String(
                new GuardedGet(vertx, allowed, Duration.ofSeconds(30)).get(uri, false),
                java.nio.charset.StandardCharsets.UTF_8);
    }

    @Test
    void speaksOnlyWithWhoeverProvesTheNameThatWasAsked() throws Exception {
        assertThatThrownBy(() -> get("localhost"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot be asked");
        System.setProperty(TRUST, directory.resolve("keys.p12").toString());
        System.setProperty(TRUST + "Password", "changeit");
        assertThat(get("localhost"))
                .isEqualTo("localhost:" + server.getAddress().getPort());
        assertThatThrownBy(() -> get("127.0.0.1"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot be asked");
        System.clearProperty(TRUST + "Password");
    }
}
