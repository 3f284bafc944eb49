package io.gatewright.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatewright.registry.SettingsFeed;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class StatusPortTest {
    private static final SettingsFeed.Status NOTHING = new SettingsFeed.Status(false, true, 0, Instant.EPOCH);
    private static final SettingsFeed.Status FROM_FILE = new SettingsFeed.Status(false, true, 7, Instant.EPOCH);
    private static final SettingsFeed.Status FOLLOWING = new SettingsFeed.Status(true, false, 8, Instant.EPOCH);

    private final AtomicReference<SettingsFeed.Status> settings = new AtomicReference<>(NOTHING);
    private final Map<String, Long> counts = new TreeMap<>(Map.of("executed", 3L, "refused-409", 1L));
    private StatusPort port;

    @BeforeEach
    void open() throws Exception {
        port = new StatusPort(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), settings::get, () -> counts);
    }

    @AfterEach
    void close() {
        port.close();
    }

    private HttpResponse<String> get(String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + port.address().getPort() + path);
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
        }
    }

    @Test
    void livesWhateverIsAway() throws Exception {
        assertThat(get("/q/health/live").statusCode()).isEqualTo(200);
    }

    @Test
    void isReadyWithSettingsAlsoWithOldOnes() throws Exception {
        HttpResponse<String> down = get("/q/health/ready");
        assertThat(down.statusCode()).isEqualTo(503);
        assertThat(down.body()).contains("\"status\":\"DOWN\"");
        settings.set(FROM_FILE);
        HttpResponse<String> stale = get("/q/health/ready");
        assertThat(stale.statusCode()).isEqualTo(200);
        assertThat(stale.body()).contains("\"settingsRevision\":7", "\"settingsStale\":true");
        settings.set(FOLLOWING);
        assertThat(get("/q/health/ready").body()).contains("\"settingsConnected\":true");
    }

    @Test
    void tellsItsCountsToPrometheus() throws Exception {
        settings.set(FOLLOWING);
        HttpResponse<String> metrics = get("/q/metrics");
        assertThat(metrics.headers().firstValue("content-type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
        assertThat(metrics.body().lines())
                .contains(
                        "# TYPE gatewright_guard_total counter",
                        "gatewright_guard_total{what=\"executed\"} 3",
                        "gatewright_guard_total{what=\"refused-409\"} 1",
                        "gatewright_settings_revision 8",
                        "gatewright_settings_connected 1");
    }

    @Test
    void doesNotOpenWhereSomebodyElseIs() {
        assertThatThrownBy(() -> new StatusPort(port.address(), settings::get, () -> counts))
                .isInstanceOf(BindException.class);
    }
}
