package io.gatewright.pdk.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.gatewright.proto.kong.ExitArgs;
import io.gatewright.proto.kong.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plugin servers as processes, the way Kong runs them; the numbers are those of the conformance cases. */
@Timeout(120)
final class ProcessIT {
    private static final String PLUGIN = "io.gatewright.pdk.server.Misbehaving";
    private static final String SOCKET = "misbehaving.socket";
    private static final String WELL = "{\"fault\":\"none\"}";
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();
    private static final int PATIENCE_SECONDS = 60;

    private final List<Process> started = new ArrayList<>();

    @TempDir
    Path directory;

    @AfterEach
    void endProcesses() throws Exception {
        for (Process process : started) {
            process.destroyForcibly();
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    @DisplayName("K51 the dump is all there is on stdout, whatever the JVM is told to say")
    void dumpsAndNothingElse() throws Exception {
        ProcessBuilder builder = java(List.of("-Djdk.event.security=true"), PLUGIN, "-dump");
        builder.environment().put("JAVA_TOOL_OPTIONS", "-Dnoise=1");
        Process process = start(builder.redirectError(directory.resolve("err").toFile()));
        String out = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).isZero();
        assertThat(out).hasLineCount(1).endsWith("}\n");
        JsonNode dump = new ObjectMapper().readTree(out);
        assertThat(dump.at("/Plugins/0/Name").asText()).isEqualTo("misbehaving");
        assertThat(directory.resolve("err")).content().contains("JAVA_TOOL_OPTIONS");
    }

    @Test
    void aWrongFlagEndsWithTwo() throws Exception {
        Process process = start(java(List.of(), PLUGIN, "--nonsense"));
        assertThat(new String(process.getErrorStream().readAllBytes(), UTF_8)).contains("There is no flag --nonsense");
        assertThat(process.waitFor()).isEqualTo(2);
    }

    @Test
    @DisplayName("K55 it serves with an empty environment")
    void servesWithoutAnEnvironment() throws Exception {
        serve(PLUGIN, SOCKET);
        try (KongPeer kong = KongPeer.connect(directory.resolve(SOCKET))) {
            serveWell(kong, kong.start("misbehaving", WELL));
        }
    }

    @Test
    @DisplayName("K56 it serves on when nobody reads what it prints")
    void servesWithoutStdout() throws Exception {
        Process process = serve(PLUGIN, SOCKET);
        process.getInputStream().close();
        process.getErrorStream().close();
        for (int i = 0; i < 3; i++) {
            try (KongPeer kong = KongPeer.connect(directory.resolve(SOCKET))) {
                kong.raw(new byte[] {1, 0, 0, 0, 1});
                kong.expectEndOfStream();
            }
        }
        try (KongPeer kong = KongPeer.connect(directory.resolve(SOCKET))) {
            assertThat(kong.start("misbehaving", WELL)).isPositive();
        }
    }

    @Test
    @DisplayName("K57 it ends when the process that started it does")
    void endsWithItsParent() throws Exception {
        List<String> command = java(List.of(), PLUGIN, "--kong-prefix", directory.toString(), "--exit-with-parent")
                .command();
        String quoted = "'" + String.join("' '", command) + "'";
        Process shell = start(new ProcessBuilder("/bin/sh", "-c", quoted + " & wait"));
        await(directory.resolve(SOCKET));
        ProcessHandle server = shell.children().findFirst().orElseThrow();
        shell.destroyForcibly();
        server.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    @DisplayName("K58 it ends when it is told to, and takes its socket with it")
    void endsOnTerm() throws Exception {
        Process process = serve(PLUGIN, SOCKET);
        process.destroy();
        assertThat(process.waitFor()).isEqualTo(143);
        assertThat(directory.resolve(SOCKET)).doesNotExist();
    }

    @Test
    @DisplayName("K54 a second server takes the path over, and the end of the first leaves it there")
    void hasThePathAfterTheFirst() throws Exception {
        Process first = serve(PLUGIN, SOCKET);
        Object before = key();
        start(java(List.of(), PLUGIN, "--kong-prefix", directory.toString()));
        awaitChange(() -> !key().equals(before));
        first.destroy();
        first.waitFor();
        try (KongPeer kong = KongPeer.connect(directory.resolve(SOCKET))) {
            assertThat(kong.start("misbehaving", WELL)).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"throw", "heap", "stack", "block", "body", "exit_twice", "call_after_exit"})
    @DisplayName("K29 K30 K31 a handler that fails, exhausts, blocks or talks on harms no other connection")
    void misbehaviourHarmsNobodyElse(String fault) throws Exception {
        serve(PLUGIN, SOCKET, "--handler-limit", "1");
        Path socket = directory.resolve(SOCKET);
        try (KongPeer good = KongPeer.connect(socket)) {
            int none = good.start("misbehaving", WELL);
            for (int round = 0; round < 2; round++) {
                try (KongPeer bad = KongPeer.connect(socket)) {
                    bad.event(bad.start("misbehaving", "{\"fault\":\"" + fault + "\"}"), "access");
                    serveWell(good, none);
                    expectAnswer(bad, fault);
                    serveWell(good, none);
                }
            }
        }
    }

    private static void expectAnswer(KongPeer bad, String fault) throws IOException {
        if (fault.equals("body")) {
            bad.expectCall("kong.request.get_raw_body");
            bad.reply(Text.newBuilder()
                    .setV(ByteString.copyFrom(new byte[48 << 20]))
                    .build());
        }
        boolean isTold = !List.of("block", "exit_twice", "call_after_exit").contains(fault);
        if (isTold) {
            bad.expectCall("kong.log.err");
        }
        assertThat(bad.expectCall("kong.response.exit", ExitArgs.parser()).getStatus())
                .isEqualTo(fault.equals("call_after_exit") ? 204 : 500);
        if (isTold) {
            bad.replyNothing();
        }
        bad.expectEndOfStream();
    }

    private static void serveWell(KongPeer good, int instance) throws IOException {
        for (int i = 0; i < 20; i++) {
            good.event(instance, "access");
            good.expectCall("kong.response.set_header");
            good.expectEnd();
            good.replyNothing();
        }
    }

    private Process serve(String main, String socket, String... args) throws Exception {
        List<String> all = new ArrayList<>(List.of("-kong-prefix", directory.toString()));
        all.addAll(List.of(args));
        Process process = start(java(List.of("-Xmx48m"), main, all.toArray(String[]::new)));
        await(directory.resolve(socket));
        return process;
    }

    private Process start(ProcessBuilder builder) throws IOException {
        Process process = builder.start();
        started.add(process);
        return process;
    }

    /** Without any environment, as Kong starts it. */
    private static ProcessBuilder java(List<String> options, String main, String... args) {
        List<String> command = new ArrayList<>(List.of(JAVA));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        return builder;
    }

    private void await(Path socket) throws Exception {
        awaitChange(() -> Files.exists(socket));
    }

    /** Looks again whenever something in the directory has changed, and now and then. */
    private void awaitChange(Callable<Boolean> condition) throws Exception {
        try (WatchService changes = directory.getFileSystem().newWatchService()) {
            directory.register(changes, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
            while (!condition.call()) {
                WatchKey change = changes.poll(1, TimeUnit.SECONDS);
                if (change != null) {
                    change.reset();
                }
            }
        }
    }

    private Object key() throws IOException {
        return Files.readAttributes(directory.resolve(SOCKET), BasicFileAttributes.class)
                .fileKey();
    }
}
