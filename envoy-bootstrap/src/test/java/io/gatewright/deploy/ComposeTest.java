package io.gatewright.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.deploy.Compose.Container;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The compose file by itself: only words that Compose knows, nothing that is not declared, nothing that is left open. */
final class ComposeTest {
    private static final Compose COMPOSE = Compose.read();
    private static final Containerfile IMAGES = Containerfile.read();

    /** Of the Compose Specification, what is used here: a slip of the pen is none of them. */
    private static final Map<String, Set<String>> WORDS = Map.of(
            "file", Set.of("name", "services", "networks", "volumes"),
            "service",
                    Set.of(
                            "image",
                            "build",
                            "user",
                            "read_only",
                            "cap_drop",
                            "security_opt",
                            "restart",
                            "networks",
                            "network_mode",
                            "ports",
                            "environment",
                            "volumes",
                            "tmpfs",
                            "shm_size",
                            "stop_grace_period",
                            "healthcheck",
                            "depends_on",
                            "entrypoint",
                            "command"),
            "healthcheck", Set.of("test", "interval", "timeout", "retries"),
            "build", Set.of("context", "dockerfile", "target"),
            "network", Set.of("internal"),
            "volume", Set.of("driver", "driver_opts"),
            "driver_opts", Set.of("type", "device", "o"));

    private static final Pattern IMAGE = Pattern.compile("[a-z0-9./-]+:v?[0-9]+\\.[0-9]+(\\.[0-9]+)?(-SNAPSHOT)?");

    /** Keycloak puts itself together at its start. */
    private static final Set<String> WRITES_ITS_ROOT = Set.of("keycloak");

    private static void hasOnly(String what, JsonNode node) {
        assertThat(names(node)).as(what).isSubsetOf(WORDS.get(what));
    }

    private static Set<String> names(JsonNode node) {
        Set<String> names = new TreeSet<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static long seconds(JsonNode duration) {
        assertThat(duration.asText()).matches("[0-9]+s");
        return Long.parseLong(duration.asText().replace("s", ""));
    }

    @Test
    void usesOnlyWordsOfCompose() {
        hasOnly("file", COMPOSE.file());
        for (Container container : COMPOSE.containers()) {
            hasOnly("service", container.body());
            hasOnly("healthcheck", container.get("healthcheck"));
            hasOnly("build", container.get("build"));
        }
        COMPOSE.file().path("networks").forEach(network -> hasOnly("network", network));
        COMPOSE.file().path("volumes").forEach(volume -> {
            hasOnly("volume", volume);
            hasOnly("driver_opts", volume.path("driver_opts"));
        });
    }

    @Test
    void everyImageIsOfOneVersionWhichIsTheOneThatTheProjectIsTestedWith() {
        for (Container container : COMPOSE.containers()) {
            assertThat(container.image()).matches(IMAGE);
            if (container.image().startsWith("gatewright/")) {
                assertThat(container.tag()).isEqualTo(Pins.project());
            }
        }
        assertThat(COMPOSE.container("envoy").tag()).isEqualTo("v" + Pins.envoy());
        assertThat(COMPOSE.container("keycloak").tag()).isEqualTo(Pins.keycloak());
        assertThat(COMPOSE.container("kong").tag()).isEqualTo(Pins.kong());
        assertThat(COMPOSE.container("postgres").tag()).startsWith("17.");
    }

    @Test
    void nobodyMayMoreThanHeMust() {
        for (Container container : COMPOSE.containers()) {
            String name = container.name();
            assertThat(container.get("user").asText()).as(name).matches("[1-9][0-9]*:[0-9]+");
            assertThat(container.get("read_only").asBoolean()).as(name).isNotEqualTo(WRITES_ITS_ROOT.contains(name));
            assertThat(DeployFile.texts(container.get("cap_drop"))).as(name).containsExactly("ALL");
            assertThat(DeployFile.texts(container.get("security_opt")))
                    .as(name)
                    .containsExactly("no-new-privileges:true");
            assertThat(container.get("restart").asText()).as(name).isIn("unless-stopped", "no");
            for (String port : DeployFile.texts(container.get("ports"))) {
                assertThat(port).as(name).startsWith("127.0.0.1:");
            }
        }
        assertThat(COMPOSE.file().path("networks").path("data").path("internal").asBoolean())
                .isTrue();
    }

    @Test
    void everySecretIsAskedForAndNoneIsThere() {
        Map<String, String> asked = new TreeMap<>();
        String all = DeployFile.text("compose/compose.yaml").replaceAll("(?m)^ *#.*", "");
        DeployFile.substituted(all, name -> {
            asked.put(name, "");
            return "";
        });
        assertThat(new TreeMap<>(DeployFile.environment("compose/env.example"))).isEqualTo(asked);
        assertThat(DeployFile.text(DeployFile.ROOT.resolve(".gitignore")).lines())
                .contains("deploy/compose/.env");
        for (Container container : COMPOSE.containers()) {
            container.get("environment").properties().forEach(entry -> {
                if (entry.getKey().matches(".*(PASSWORD|SECRET|PEPPER)")) {
                    assertThat(entry.getValue().asText()).as(entry.getKey()).matches("\\$\\{[A-Z_]+:\\?[^}]+}");
                }
            });
        }
    }

    @Test
    void whatIsReferredToIsDeclaredAndWhatIsDeclaredIsUsed() {
        Set<String> volumes = new HashSet<>();
        Set<String> networks = new HashSet<>();
        for (Container container : COMPOSE.containers()) {
            container.mounts().keySet().forEach(source -> {
                if (source.startsWith(".")) {
                    assertThat(DeployFile.path("compose").resolve(source).normalize())
                            .isRegularFile();
                } else {
                    volumes.add(source);
                }
            });
            networks.addAll(DeployFile.texts(container.get("networks")));
            Matcher shared = Pattern.compile("service:(.+)")
                    .matcher(container.get("network_mode").asText());
            if (shared.matches()) {
                assertThat(COMPOSE.has(shared.group(1))).as(container.name()).isTrue();
                assertThat(names(container.get("depends_on"))).contains(shared.group(1));
            } else if (container.get("networks").isMissingNode()) {
                assertThat(container.get("network_mode").asText()).isEqualTo("none");
            }
            JsonNode build = container.get("build");
            if (!build.isMissingNode()) {
                assertThat(DeployFile.path("compose")
                                .resolve(build.path("context").asText())
                                .resolve(build.path("dockerfile").asText()))
                        .isRegularFile();
                assertThat(container.image())
                        .startsWith("gatewright/" + build.path("target").asText() + ":");
            }
            if (container.image().startsWith("gatewright/")) {
                assertThat(IMAGES.has(container.image().replaceAll("^gatewright/|:.*", "")))
                        .isTrue();
            }
        }
        assertThat(volumes).isEqualTo(names(COMPOSE.file().path("volumes")));
        assertThat(networks).isEqualTo(names(COMPOSE.file().path("networks")));
    }

    @Test
    void whoeverWaitsWaitsForSomethingThatCanHappen() {
        for (Container container : COMPOSE.containers()) {
            container.get("depends_on").properties().forEach(entry -> {
                Container other = COMPOSE.container(entry.getKey());
                switch (entry.getValue().path("condition").asText()) {
                    case "service_healthy" ->
                        assertThat(other.health()).as(other.name()).isNotEmpty();
                    case "service_completed_successfully" ->
                        assertThat(other.get("restart").asText()).isEqualTo("no");
                    case "service_started" ->
                        assertThat(other.get("restart").asText()).isEqualTo("unless-stopped");
                    default -> throw new AssertionError(container.name() + " waits for " + entry);
                }
            });
        }
        assertThat(startable()).isTrue();
    }

    /** Whether nobody waits for himself in the end. */
    private static boolean startable() {
        Set<String> started = new HashSet<>();
        int before;
        do {
            before = started.size();
            for (Container container : COMPOSE.containers()) {
                if (started.containsAll(names(container.get("depends_on")))) {
                    started.add(container.name());
                }
            }
        } while (started.size() > before);
        return started.size() == COMPOSE.containers().size();
    }

    @Test
    void everyProcessThatStaysHasAHealthCheckAndTimeToEnd() {
        for (Container container : COMPOSE.containers()) {
            boolean stays = !container.get("restart").asText().equals("no");
            boolean asked = container.get("healthcheck").isObject();
            assertThat(asked)
                    .as(container.name())
                    .isEqualTo(stays && !container.name().equals("pod"));
            if (asked) {
                JsonNode check = container.get("healthcheck");
                assertThat(check.path("test").path(0).asText()).isEqualTo("CMD");
                assertThat(seconds(check.path("interval"))
                                * check.path("retries").asInt())
                        .as(container.name())
                        .isGreaterThanOrEqualTo(60);
            }
        }
        Container sidecar = COMPOSE.container("sidecar");
        assertThat(seconds(sidecar.get("stop_grace_period")))
                .isGreaterThan(Long.parseLong(sidecar.variable("GATEWRIGHT_DRAIN_SECONDS")));
    }

    @Test
    void programsThatUnpackLibrariesMayRunThem() {
        for (Container container : COMPOSE.containers()) {
            if (container.image().startsWith("gatewright/")) {
                assertThat(DeployFile.texts(container.get("tmpfs")))
                        .as(container.name())
                        .containsExactly("/tmp:exec");
            }
        }
        assertThat(List.of("postgres", "redis", "kong", "envoy"))
                .allSatisfy(
                        name -> assertThat(COMPOSE.container(name).get("tmpfs")).isNotEmpty());
    }
}
