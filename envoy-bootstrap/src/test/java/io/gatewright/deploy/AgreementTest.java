package io.gatewright.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatewright.deploy.Compose.Container;
import io.gatewright.envoybootstrap.Bootstrap;
import io.gatewright.server.Configuration;
import io.gatewright.settings.Catalog;
import io.gatewright.sidecar.SidecarEnvironment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The compose file and what lies beside it: the programs take what they are given, and all name the same ports and sockets. */
final class AgreementTest {
    private static final Compose COMPOSE = Compose.read();
    private static final Containerfile IMAGES = Containerfile.read();
    private static final Container PLANE = COMPOSE.container("control-plane");
    private static final Container SIDECAR = COMPOSE.container("sidecar");
    private static final Container KONG = COMPOSE.container("kong");
    private static final Container ENVOY = COMPOSE.container("envoy");
    private static final Container KEYCLOAK = COMPOSE.container("keycloak");

    private static String bootstrap() {
        return DeployFile.text("envoy/bootstrap.yaml");
    }

    private static String port(String variable) {
        return variable.substring(variable.lastIndexOf(':') + 1);
    }

    private static JsonNode firstSetting(String id) {
        return DeployFile.yaml("first-settings.yaml").stream()
                .filter(document -> document.path("id").asText().equals(id))
                .findFirst()
                .orElseThrow()
                .path("body");
    }

    @Test
    void theControlPlaneTakesItsFlagsAndItsEnvironment() {
        List<String> command = PLANE.command(IMAGES);
        List<String> flags = command.subList(command.indexOf("-jar") + 2, command.size());
        assertThatCode(() -> Configuration.read(flags, PLANE.environment(Secrets::sample)))
                .doesNotThrowAnyException();
    }

    @Test
    void theSidecarTakesItsEnvironment() {
        for (Container container : List.of(SIDECAR, COMPOSE.container("migrate"))) {
            assertThat(SidecarEnvironment.problems(container.environment(Secrets::sample)))
                    .as(container.name())
                    .isEmpty();
        }
        assertThat(COMPOSE.container("migrate").variable("GATEWRIGHT_DB_URL"))
                .isEqualTo(SIDECAR.variable("GATEWRIGHT_DB_URL"))
                .isEqualTo(PLANE.variable("GATEWRIGHT_DB_URL"));
    }

    @Test
    void socketsAreWhereBothSidesLookForThem() {
        String guard = SIDECAR.variable("GATEWRIGHT_GUARD_SOCKET");
        assertThat(DeployFile.texts(firstSetting("global/guard.service").path("value")))
                .containsExactly("unix:" + guard);
        for (String name : KONG.variable("KONG_PLUGINSERVER_NAMES").split(",", -1)) {
            assertThat(KONG.variable(pluginServer(name, "SOCKET")))
                    .isEqualTo(SIDECAR.variable("GATEWRIGHT_KONG_SOCKET"));
        }
        for (Container container : List.of(SIDECAR, KONG, ENVOY)) {
            assertThat(container.mounts().get("sockets"))
                    .as(container.name())
                    .isEqualTo(String.valueOf(Path.of(guard).getParent()))
                    .isEqualTo(String.valueOf(
                            Path.of(SIDECAR.variable("GATEWRIGHT_KONG_SOCKET")).getParent()));
            assertThat(container.get("user"))
                    .as("only their owner may use them")
                    .isEqualTo(SIDECAR.get("user"));
        }
        String[] owner = SIDECAR.get("user").asText().split(":", -1);
        assertThat(COMPOSE.file().at("/volumes/sockets/driver_opts/o").asText())
                .startsWith("uid=%s,gid=%s,".formatted(owner[0], owner[1]));
    }

    private static String pluginServer(String name, String key) {
        return "KONG_PLUGINSERVER_" + name.toUpperCase(java.util.Locale.ROOT) + "_" + key;
    }

    @Test
    void kongIsToldOfEachPluginByAnEntryOfItsOwnAndStartsNone() {
        List<String> plugins =
                new ArrayList<>(List.of(KONG.variable("KONG_PLUGINS").split(",", -1)));
        assertThat(plugins.removeFirst()).isEqualTo("bundled");
        List<String> described = new ArrayList<>();
        String directory = COMPOSE.container("describe").command(IMAGES).getLast();
        for (String name : KONG.variable("KONG_PLUGINSERVER_NAMES").split(",", -1)) {
            String query = KONG.variable(pluginServer(name, "QUERY_CMD"));
            assertThat(query).startsWith("cat " + directory + "/").endsWith(".json");
            described.add(query.replaceAll(".*/|\\.json$", ""));
            assertThat(KONG.get("environment").has(pluginServer(name, "START_CMD")))
                    .isFalse();
        }
        assertThat(described).isEqualTo(plugins);
        assertThat(KONG.mounts().get("plugins"))
                .isEqualTo(directory)
                .isEqualTo(COMPOSE.container("describe").mounts().get("plugins"));
    }

    /** Of Kong 3.9's kong.conf.default, what is used here. */
    @Test
    void kongKnowsItsSettings() {
        Set<String> known = Set.of(
                "DATABASE",
                "PREFIX",
                "NGINX_WORKER_PROCESSES",
                "PROXY_LISTEN",
                "ADMIN_LISTEN",
                "PROXY_ACCESS_LOG",
                "ADMIN_ACCESS_LOG",
                "PROXY_ERROR_LOG",
                "ADMIN_ERROR_LOG",
                "NGINX_HTTP_CLIENT_BODY_BUFFER_SIZE",
                "NGINX_HTTP_CLIENT_MAX_BODY_SIZE",
                "PLUGINS",
                "PLUGINSERVER_NAMES");
        Set<String> used = new TreeSet<>();
        KONG.get("environment").fieldNames().forEachRemaining(used::add);
        for (String name : KONG.variable("KONG_PLUGINSERVER_NAMES").split(",", -1)) {
            used.remove(pluginServer(name, "SOCKET"));
            used.remove(pluginServer(name, "QUERY_CMD"));
        }
        assertThat(used).allSatisfy(name -> assertThat(known).contains(name.replaceFirst("^KONG_", "")));
        String size = KONG.variable("KONG_NGINX_HTTP_CLIENT_BODY_BUFFER_SIZE");
        assertThat(KONG.variable("KONG_NGINX_HTTP_CLIENT_MAX_BODY_SIZE")).isEqualTo(size);
        assertThat(Long.parseLong(size.replace("m", "")) << 20).isEqualTo(Catalog.BODY_MAX_BYTES.defaultValue());
        assertThat(DeployFile.texts(KONG.get("tmpfs")))
                .anyMatch(mount -> mount.startsWith(KONG.variable("KONG_PREFIX") + ":uid="));
    }

    @Test
    void envoysFileIsTheOneThatOperatorsCopyFilledIn() {
        assertThat(bootstrap()).isEqualTo(new Bootstrap("edge-1", "gatewright", "127.0.0.1", 18000, 9901).yaml());
        assertThat(bootstrap()).contains("port_value: " + PLANE.variable("GATEWRIGHT_XDS_PORT"));
        List<String> command = ENVOY.command(IMAGES);
        assertThat(ENVOY.mounts().get("../envoy/bootstrap.yaml")).isEqualTo(command.get(command.indexOf("-c") + 1));
    }

    @Test
    void everyPublishedPortIsOneThatSomebodyListensAtInThePod() {
        List<String> listened = List.of(
                port(KONG.variable("KONG_PROXY_LISTEN")),
                PLANE.variable("GATEWRIGHT_HTTP_PORT"),
                KEYCLOAK.variable("KC_HTTP_PORT"),
                firstSetting("public").path("port").asText());
        List<String> published = new ArrayList<>();
        for (String port : DeployFile.texts(COMPOSE.container("pod").get("ports"))) {
            String[] parts = port.split(":", -1);
            assertThat(parts[1]).isEqualTo(parts[2]);
            published.add(parts[2]);
        }
        assertThat(published).containsExactlyInAnyOrderElementsOf(listened).doesNotHaveDuplicates();
        assertThat(firstSetting("public").path("address").asText()).isEqualTo("0.0.0.0");
    }

    @Test
    void everyHealthCheckAsksAtThePortThatItsProcessListensAt() {
        assertThat(PLANE.health().getLast()).contains("/127.0.0.1/" + PLANE.variable("GATEWRIGHT_HTTP_PORT") + " ");
        assertThat(SIDECAR.health().getLast())
                .contains("/" + SIDECAR.variable("GATEWRIGHT_STATUS_ADDRESS").replace(':', '/') + " ");
        assertThat(KEYCLOAK.health().getLast())
                .contains("/127.0.0.1/" + KEYCLOAK.variable("KC_HTTP_MANAGEMENT_PORT") + " ");
        assertThat(ENVOY.health().getLast()).contains("/127.0.0.1/9901 ");
        assertThat(bootstrap()).contains("{address: 127.0.0.1, port_value: 9901}");
    }

    @Test
    void theControlPlaneFindsKongRedisPostgresAndItsIssuer() {
        assertThat(PLANE.variable("GATEWRIGHT_KONG_NODES"))
                .isEqualTo("kong=http://127.0.0.1:%s|http://127.0.0.1:%s"
                        .formatted(port(KONG.variable("KONG_ADMIN_LISTEN")), port(KONG.variable("KONG_PROXY_LISTEN"))));
        assertThat(COMPOSE.has(PLANE.variable("GATEWRIGHT_KONG_REDIS").replaceAll(":6379$", "")))
                .isTrue();
        String roles = DeployFile.text("compose/roles.sql");
        for (Container container : List.of(PLANE, SIDECAR)) {
            assertThat(roles).contains("CREATE ROLE " + container.variable("GATEWRIGHT_DB_USER") + " LOGIN");
            assertThat(container.variable("GATEWRIGHT_DB_URL")).matches("jdbc:postgresql://postgres:5432/gatewright");
        }
        assertThat(roles)
                .contains("CREATE DATABASE gatewright OWNER gatewright;")
                .contains("CREATE ROLE " + KEYCLOAK.variable("KC_DB_USERNAME") + " LOGIN")
                .contains("CREATE DATABASE " + KEYCLOAK.variable("KC_DB_URL").replaceAll(".*/", "") + " OWNER");
        Pattern.compile("(?m)^\\\\getenv \\S+ (\\S+)$")
                .matcher(roles)
                .results()
                .forEach(match -> assertThat(
                                COMPOSE.container("postgres").get("environment").has(match.group(1)))
                        .isTrue());
        assertThat(PLANE.variable("GATEWRIGHT_API_ISSUER"))
                .isEqualTo(KEYCLOAK.variable("KC_HOSTNAME") + "/realms/freshplan");
        assertThat(KEYCLOAK.variable("KC_HOSTNAME")).isEqualTo("http://127.0.0.1:" + KEYCLOAK.variable("KC_HTTP_PORT"));
        assertThat(PLANE.variable("GATEWRIGHT_KEYS_HOSTS")).isEqualTo("127.0.0.1");
    }

    @Test
    void theRealmHasWhatIsAskedOfItAndNoSecret() {
        String text = DeployFile.text("compose/realm-freshplan.json");
        JsonNode realm = DeployFile.json(text);
        assertThat(realm.path("realm").asText()).isEqualTo("freshplan");
        assertThat(realm.at("/roles/realm").findValuesAsText("name"))
                .contains("gateway-viewer", "gateway-editor", "gateway-approver", "gateway-auditor");
        assertThat(realm.path("clients").findValuesAsText("clientId")).contains("freshplan-api");
        assertThat(realm.findValuesAsText("included.custom.audience"))
                .containsExactly(PLANE.variable("GATEWRIGHT_API_AUDIENCE"));
        assertThat(realm.findValuesAsText("secret")).allMatch(secret -> secret.matches("\\$\\{[A-Z_]+}"));
        assertThat(realm.findValue("credentials")).isNull();
        Pattern.compile("\\$\\{([^}]+)}")
                .matcher(text)
                .results()
                .forEach(match -> assertThat(KEYCLOAK.get("environment").has(match.group(1)))
                        .isTrue());
    }

    @Test
    void thePageNamesFilesVerbsAndContainersThatAreThere() {
        String page = DeployFile.text(DeployFile.ROOT.resolve("docs/deploy.md"));
        Pattern.compile("deploy/[a-z./-]+[a-z]")
                .matcher(page.replace("deploy/compose/.env", "").replace("docs/deploy.md", ""))
                .results()
                .forEach(match ->
                        assertThat(DeployFile.ROOT.resolve(match.group())).exists());
        String launcher = DeployFile.text(DeployFile.ROOT.resolve("gatewright"));
        Pattern.compile("\\./gatewright ([a-z]+)")
                .matcher(page)
                .results()
                .forEach(match -> assertThat(launcher).containsPattern("(?m)^  (.* )?" + match.group(1) + "( .*)?$"));
        assertThat(page).contains("exec keycloak ", "--target control-plane", "--target sidecar");
    }
}
