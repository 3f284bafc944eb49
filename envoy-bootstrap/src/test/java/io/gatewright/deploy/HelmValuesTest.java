package io.gatewright.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.deploy.Compose.Container;
import io.gatewright.sidecar.SidecarEnvironment;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The values of Kong's chart: words that it knows, and the same agreement as in the compose file. */
final class HelmValuesTest {
    private static final JsonNode VALUES =
            DeployFile.yaml("helm/kong-sidecar-values.yaml").getFirst();
    private static final JsonNode DEPLOYMENT = VALUES.path("deployment");
    private static final JsonNode SIDECAR = DEPLOYMENT.path("sidecarContainers").path(0);
    private static final JsonNode DESCRIBE = DEPLOYMENT.path("initContainers").path(0);
    private static final Container KONG = Compose.read().container("kong");

    /** Of the chart's values.yaml (Kong/charts, charts/kong 2.41.0), what is used here, by the path above it. */
    private static final Map<String, Set<String>> CHART = Map.of(
            "",
                    Set.of(
                            "image",
                            "ingressController",
                            "env",
                            "admin",
                            "replicaCount",
                            "containerSecurityContext",
                            "terminationGracePeriodSeconds",
                            "deployment"),
            "/image", Set.of("repository", "tag"),
            "/ingressController", Set.of("enabled"),
            "/admin", Set.of("enabled", "type", "http", "tls"),
            "/deployment",
                    Set.of("userDefinedVolumes", "userDefinedVolumeMounts", "initContainers", "sidecarContainers"));

    private static Set<String> names(JsonNode node) {
        Set<String> names = new TreeSet<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** The paths in a container by the name of the volume. */
    private static Map<String, String> mounts(JsonNode list) {
        Map<String, String> mounts = new HashMap<>();
        list.forEach(mount ->
                mounts.put(mount.path("name").asText(), mount.path("mountPath").asText()));
        return mounts;
    }

    private static Map<String, String> environment() {
        Map<String, String> values = new TreeMap<>();
        SIDECAR.path("env").forEach(variable -> {
            String name = variable.path("name").asText();
            boolean secret = variable.has("valueFrom");
            assertThat(secret).as(name).isEqualTo(name.matches(".*(PASSWORD|PEPPER|URL)"));
            if (secret) {
                assertThat(names(variable.at("/valueFrom/secretKeyRef"))).containsExactly("key", "name");
            }
            String sample = name.endsWith("URL") ? "jdbc:postgresql://db:5432/gatewright" : Secrets.sample(name);
            values.put(name, secret ? sample : variable.path("value").asText());
        });
        return values;
    }

    @Test
    void usesOnlyWordsOfTheChart() {
        CHART.forEach(
                (path, known) -> assertThat(names(VALUES.at(path))).as(path).isEqualTo(new TreeSet<>(known)));
    }

    @Test
    void kongIsToldTheSameAsInTheComposeFile() {
        assertThat(VALUES.at("/image/tag").asText()).isEqualTo(Pins.kong());
        Map<String, String> expected = new TreeMap<>();
        KONG.get("environment").properties().forEach(entry -> {
            String name = entry.getKey().replaceFirst("^KONG_", "").toLowerCase(Locale.ROOT);
            if (name.matches("database|plugins|pluginserver_.*|nginx_http_.*")) {
                expected.put(name, entry.getValue().asText());
            }
        });
        Map<String, String> env = new TreeMap<>();
        VALUES.path("env")
                .properties()
                .forEach(entry -> env.put(entry.getKey(), entry.getValue().asText()));
        assertThat(env).isEqualTo(expected);
    }

    @Test
    void theSidecarTakesItsEnvironmentAndHasTimeToEnd() {
        assertThat(SidecarEnvironment.problems(environment())).isEmpty();
        assertThat(SIDECAR.path("image").asText())
                .isEqualTo("gatewright/sidecar:" + Pins.project())
                .isEqualTo(DESCRIBE.path("image").asText());
        assertThat(VALUES.path("terminationGracePeriodSeconds").asLong())
                .isGreaterThan(Long.parseLong(environment().get("GATEWRIGHT_DRAIN_SECONDS")));
        String port =
                environment().getOrDefault("GATEWRIGHT_STATUS_ADDRESS", "none").replaceAll(".*:", "");
        JsonNode declared = SIDECAR.path("ports").path(0);
        assertThat(declared.path("containerPort").asText()).isEqualTo(port);
        for (String probe : Set.of("readinessProbe", "livenessProbe")) {
            assertThat(SIDECAR.path(probe).at("/httpGet/port")).isEqualTo(declared.path("name"));
        }
    }

    @Test
    void volumesAreDeclaredAndSocketsAgree() {
        Set<String> declared =
                new HashSet<>(DEPLOYMENT.path("userDefinedVolumes").findValuesAsText("name"));
        Map<String, String> kong = mounts(DEPLOYMENT.path("userDefinedVolumeMounts"));
        Map<String, String> sidecar = mounts(SIDECAR.path("volumeMounts"));
        Map<String, String> describe = mounts(DESCRIBE.path("volumeMounts"));
        Set<String> used = new HashSet<>(kong.keySet());
        used.addAll(sidecar.keySet());
        used.addAll(describe.keySet());
        assertThat(used).isEqualTo(declared);
        String sockets = kong.get("gatewright-sockets");
        assertThat(sidecar.get("gatewright-sockets")).isEqualTo(sockets);
        assertThat(environment().get("GATEWRIGHT_KONG_SOCKET")).startsWith(sockets + "/");
        assertThat(VALUES.at("/env/pluginserver_guard_socket").asText())
                .isEqualTo(environment().get("GATEWRIGHT_KONG_SOCKET"));
        assertThat(DeployFile.texts(DESCRIBE.path("args")))
                .containsExactly("dump-to", describe.get("gatewright-plugins"))
                .contains(kong.get("gatewright-plugins"));
        assertThat(environment().get("GATEWRIGHT_DATA_DIR")).isEqualTo(sidecar.get("gatewright-data"));
    }

    @Test
    void allRunAsOneUserThatIsNotRoot() {
        JsonNode kong = VALUES.path("containerSecurityContext");
        assertThat(kong.path("runAsNonRoot").asBoolean()).isTrue();
        assertThat(kong.path("readOnlyRootFilesystem").asBoolean()).isTrue();
        assertThat(kong.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
        assertThat(SIDECAR.path("securityContext")).isEqualTo(kong);
        assertThat(DESCRIBE.path("securityContext")).isEqualTo(kong);
    }
}
