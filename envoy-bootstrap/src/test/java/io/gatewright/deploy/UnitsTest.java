package io.gatewright.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.gatewright.server.Configuration;
import io.gatewright.sidecar.SidecarEnvironment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The units of systemd: the programs take what they are given, and may do nothing else. */
final class UnitsTest {
    private static final Unit PLANE = Unit.read("gatewright-control-plane.service");
    private static final Unit SIDECAR = Unit.read("gatewright-sidecar.service");
    private static final Unit ENVOY = Unit.read("gatewright-envoy.service");
    private static final List<Unit> ALL = List.of(PLANE, SIDECAR, ENVOY);
    private static final Containerfile IMAGES = Containerfile.read();
    private static final Compose COMPOSE = Compose.read();

    /** What each must be denied, whatever else the unit says. */
    private static final Map<String, String> DENIED = Map.ofEntries(
            Map.entry("NoNewPrivileges", "yes"),
            Map.entry("ProtectSystem", "strict"),
            Map.entry("ProtectHome", "yes"),
            Map.entry("ProtectControlGroups", "yes"),
            Map.entry("ProtectKernelModules", "yes"),
            Map.entry("ProtectKernelTunables", "yes"),
            Map.entry("ProtectKernelLogs", "yes"),
            Map.entry("PrivateTmp", "yes"),
            Map.entry("PrivateDevices", "yes"),
            Map.entry("RestrictNamespaces", "yes"),
            Map.entry("RestrictSUIDSGID", "yes"),
            Map.entry("LockPersonality", "yes"),
            Map.entry("CapabilityBoundingSet", ""),
            Map.entry("SystemCallArchitectures", "native"),
            Map.entry("Restart", "on-failure"));

    /** What a review by systemd may come to at most, of 10: see {@code systemd-analyze security}. */
    private static final String MOST_EXPOSED = "20"; // tenths

    @TempDir
    Path directory;

    @Test
    void nobodyMayMoreThanHeMust() {
        for (Unit unit : ALL) {
            DENIED.forEach((key, value) -> assertThat(unit.all("Service", key))
                    .as(unit.name() + " " + key)
                    .containsExactly(value));
            assertThat(unit.service("User"))
                    .as(unit.name())
                    .isNotEqualTo("root")
                    .isNotEmpty();
            assertThat(unit.all("Service", "SystemCallFilter").getFirst()).isEqualTo("@system-service");
            assertThat(unit.service("ExecStart")).doesNotStartWith("+").doesNotStartWith("!");
        }
    }

    @Test
    void programsTakeWhatTheyAreGiven() {
        List<String> command = PLANE.command("ExecStart");
        List<String> flags = command.subList(command.indexOf("-jar") + 2, command.size());
        assertThatCode(() -> Configuration.read(flags, environment(PLANE))).doesNotThrowAnyException();
        assertThat(SidecarEnvironment.problems(environment(SIDECAR))).isEmpty();
    }

    /** What a unit and the example of its file set, with a value for each secret. */
    private static Map<String, String> environment(Unit unit) {
        Map<String, String> values = new TreeMap<>(unit.environment());
        String file = unit.service("EnvironmentFile");
        assertThat(file).startsWith("/etc/gatewright/").endsWith(".env");
        DeployFile.environment("systemd/" + Path.of(file).getFileName() + ".example")
                .forEach((name, value) -> values.put(name, value.isEmpty() ? Secrets.sample(name) : value));
        return values;
    }

    @Test
    void programsStartAsInTheContainers() {
        assertThat(withoutMemory(IMAGES.entrypoint("control-plane")))
                .isEqualTo(likeContainers(PLANE.command("ExecStart")));
        assertThat(withoutMemory(IMAGES.entrypoint("sidecar"))).isEqualTo(likeContainers(SIDECAR.command("ExecStart")));
        assertThat(SIDECAR.command("ExecStartPre").getLast())
                .isEqualTo(COMPOSE.container("migrate").command(IMAGES).getLast());
        List<String> envoy = new ArrayList<>(ENVOY.command("ExecStart"));
        envoy.replaceAll(word -> word.replace("/etc/gatewright/", "/etc/envoy/"));
        assertThat(envoy).isEqualTo(COMPOSE.container("envoy").command(IMAGES));
    }

    private static List<String> withoutMemory(List<String> command) {
        return command.stream().filter(word -> !word.startsWith("-XX:MaxRAM")).toList();
    }

    private static List<String> likeContainers(List<String> command) {
        return command.stream()
                .map(word -> word.replace("/opt/gatewright/java/", "/opt/java/"))
                .toList();
    }

    @Test
    void socketsAndDataAreInDirectoriesThatTheUnitsMake() {
        Map<String, String> sidecar = SIDECAR.environment();
        for (String socket : List.of("GATEWRIGHT_GUARD_SOCKET", "GATEWRIGHT_KONG_SOCKET")) {
            assertThat(sidecar.get(socket))
                    .startsWith("/run/" + SIDECAR.service("RuntimeDirectory") + "/")
                    .isEqualTo(COMPOSE.container("sidecar").variable(socket));
        }
        for (Unit unit : List.of(PLANE, SIDECAR)) {
            assertThat(unit.environment().get("GATEWRIGHT_DATA_DIR"))
                    .isEqualTo("/var/lib/" + unit.service("StateDirectory"));
        }
        assertThat(SIDECAR.service("UMask")).as("the group may use the sockets").isEqualTo("0007");
        assertThat(ENVOY.service("SupplementaryGroups")).isEqualTo(SIDECAR.service("Group"));
        long drain = Long.parseLong(environment(SIDECAR).get("GATEWRIGHT_DRAIN_SECONDS"));
        assertThat(Long.parseLong(SIDECAR.service("TimeoutStopSec"))).isGreaterThan(drain);
    }

    @Test
    void everyUserIsMade() {
        List<String> made = DeployFile.text("systemd/gatewright.sysusers.conf")
                .lines()
                .filter(line -> !line.startsWith("#"))
                .toList();
        for (Unit unit : ALL) {
            assertThat(made).anyMatch(line -> line.startsWith("u " + unit.service("User") + " "));
        }
        assertThat(made).contains("g gatewright -", "m " + ENVOY.service("User") + " " + SIDECAR.service("Group"));
    }

    /** With the programs of this machine, as systemd looks whether they are there. */
    @Test
    void systemdFindsNothingWrong() throws Exception {
        Path analyze = Path.of("/usr/bin/systemd-analyze");
        if (!Files.isExecutable(analyze)) {
            return; // the other tests hold without it
        }
        List<String> verify = new ArrayList<>(List.of(analyze.toString(), "verify", "--man=no"));
        for (Unit unit : ALL) {
            String text = DeployFile.text("systemd/" + unit.name())
                    .replace("/opt/gatewright/java/bin/java", System.getProperty("java.home") + "/bin/java")
                    .replace("/usr/local/bin/envoy", "/bin/sh");
            verify.add(Files.writeString(directory.resolve(unit.name()), text).toString());
        }
        assertThat(said(verify)).isEqualTo("0 ");
        for (String unit : verify.subList(3, verify.size())) {
            assertThat(said(List.of(
                            analyze.toString(), "security", "--offline=yes", "--threshold=" + MOST_EXPOSED, unit)))
                    .startsWith("0 ");
        }
    }

    private static String said(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() + " " + said;
    }
}
