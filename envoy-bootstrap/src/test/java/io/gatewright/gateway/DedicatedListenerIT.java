package io.gatewright.gateway;

import static io.gatewright.gateway.Documents.listener;
import static io.gatewright.gateway.Documents.setting;
import static io.gatewright.gateway.Documents.tenant;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.envoybootstrap.Ports;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A port of a tenant's own, with its own certificate, which nothing that happens to tenants touches. */
final class DedicatedListenerIT {
    private static final String PATH = "/api/orders/1";
    private static final String HOST = "api.acme.example";
    private static final int PORT = Ports.free();
    private static final List<String> STATS = List.of(
            "listener_manager.listener_added",
            "listener_manager.listener_modified",
            "listener_manager.listener_in_place_updated",
            "listener_manager.listener_removed",
            "http.gatewright.downstream_cx_drain_close");

    @TempDir
    private static Path directory;

    private static Authority authority;
    private static Path certificate;
    private static RealGateway gateway;

    @BeforeAll
    static void start() throws Exception {
        authority = new Authority(directory.resolve("authority"), "authority");
        certificate = authority.issue(directory.resolve("acme"), "first", "dns:" + HOST);
        gateway = new RealGateway("a", "b");
        gateway.change(listener("acme", PORT, "a", certificate));
        Waiting.until("the listener opens", () -> !serial(PORT).isEmpty());
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    /** The serial number of the certificate that is shown. */
    private static String serial(int port) throws IOException {
        try (SSLSocket socket = authority.connect(port, HOST)) {
            X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return shown.getSerialNumber().toString();
        }
    }

    private static Connection connect() throws IOException {
        return new Connection(authority.connect(PORT, HOST));
    }

    @Test
    void servesItsTenantAndNoOther() throws Exception {
        try (Connection connection = connect()) {
            Request request = Request.get(PATH);
            Answer served = connection.send(request.token(gateway.token("a")));
            assertThat(served.upstreamGot("x-tenant-id")).containsExactly("a");
            assertThat(served.upstreamGot("x-forwarded-proto")).containsExactly("https");
            connection.send(request).isProblem(401, "token-required");
            connection.send(request.token(gateway.token("b"))).isProblem(403, "tenant-mismatch");
            connection.send(request.token(gateway.token("a")).tenant("b")).isProblem(403, "tenant-mismatch");
        }
        assertThat(RealGateway.accepts(PORT)).as("plain text").isFalse();
    }

    @Test
    void staysAsItIsWhateverChangesForTenants() throws Exception {
        Request request = Request.get(PATH).token(gateway.token("a"));
        try (Connection connection = connect()) {
            connection.send(request).isServed();
            List<Long> before = STATS.stream().map(gateway.envoy()::stat).toList();
            gateway.change(setting("tenant=a", "cors.allowed-origins", "[\"https://a.example.com\"]"));
            connection.send(request).isServed();
            gateway.change(setting("tenant=a", "rate-limit.requests", "5000"));
            gateway.change(tenant("another", "another.example.com"));
            gateway.change(setting("org=acme", "body.max-bytes", "4096"));
            connection.send(request).isServed();
            gateway.change(setting("tenant=a", "headers.required", "[\"x-needed\"]"));
            connection.send(request).isProblem(400, "missing-header");
            gateway.change(setting("tenant=a", "headers.required", "[]"));
            connection.send(request).isServed();
            assertThat(STATS.stream().map(gateway.envoy()::stat).toList()).isEqualTo(before);
        }
    }

    @Test
    void showsARenewedCertificateWithoutLosingAConnection() throws Exception {
        Request request = Request.get(PATH).token(gateway.token("a"));
        try (Connection connection = connect()) {
            connection.send(request).isServed();
            String before = serial(PORT);
            authority.issue(certificate, "second", "dns:" + HOST);
            Waiting.until("the new certificate is shown", () -> !serial(PORT).equals(before));
            connection.send(request).isServed();
        }
    }

    @Test
    void namesACertificateThatIsNotThereAndStopsNobodyElse() throws Exception {
        int port = Ports.free();
        Path missing = directory.resolve("missing");
        gateway.plane().change(List.of(listener("late", port, "b", missing)));
        gateway.plane().awaitAcknowledged();
        Waiting.until(
                "it is named",
                () -> gateway.plane().node().rejections().stream()
                        .anyMatch(rejection -> rejection.key().name().equals("certificate" + missing)));
        gateway.send(Request.get(PATH).token(gateway.token("b"))).isServed();

        Path there = authority.issue(directory.resolve("there"), "late", "dns:" + HOST);
        gateway.change(listener("late", port, "b", there));
        Waiting.until("the listener serves", () -> !serial(port).isEmpty());
        assertThat(gateway.plane().node().rejections()).isEmpty();
    }
}
