package io.gatewright.pdk.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatewright.pdk.FailurePolicy;
import io.gatewright.pdk.Kong;
import io.gatewright.pdk.KongPlugin;
import io.gatewright.pdk.Outcome;
import io.gatewright.pdk.Phase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flags that end at once; the numbers are those of the conformance cases. */
final class CommandLineTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    /** With access and nothing else. */
    private static class Named implements KongPlugin<Probe.Config> {
        private final String name;
        private final String version;

        Named(String name, String version) {
            this.name = name;
            this.version = version;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public String version() {
            return version;
        }

        @Override
        public Outcome access(Kong kong, Probe.Config config) {
            return Outcome.proceed();
        }
    }

    private int run(List<KongPlugin<?>> plugins, String... args) {
        return new CommandLine(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .run(List.of(args), plugins);
    }

    private static KongPlugin<?> named(String name) {
        return new Named(name, "1.2.0");
    }

    @Test
    @DisplayName("K51 K52 the dump is one line of JSON with what Kong checks")
    void printsTheDump() throws Exception {
        for (String flag : List.of("-dump", "--dump")) {
            out.reset();
            assertThat(run(List.of(named("one")), flag, "-kong-prefix", "/p")).isZero();
            String text = out.toString(StandardCharsets.UTF_8);
            assertThat(text).endsWith("}\n").hasLineCount(1);
            JsonNode dump = new ObjectMapper().readTree(text);
            assertThat(dump.path("Protocol").asText()).isEqualTo("ProtoBuf:1");
            assertThat(dump.path("SocketPath").asText()).isEqualTo("/p/one.socket");
            assertThat(dump.path("Plugins")).hasSize(1);
            JsonNode plugin = dump.path("Plugins").path(0);
            assertThat(plugin.path("Name").asText()).isEqualTo("one");
            assertThat(plugin.path("Phases").toString()).isEqualTo("[\"access\"]");
            assertThat(plugin.path("Version").asText()).isEqualTo("1.2.0");
            assertThat(plugin.path("Priority").isInt()).isTrue();
            assertThat(plugin.path("Schema").path("name").asText()).isEqualTo("one");
        }
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void ofSeveralPluginsKong39TakesOneForEachEntry() throws Exception {
        List<KongPlugin<?>> two = List.of(named("one"), named("two"));
        assertThat(run(two, "--dump")).isEqualTo(2);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("say which with --plugin, one of [one, two]");
        assertThat(run(two, "--dump", "--plugin", "two")).isZero();
        assertThat(new ObjectMapper()
                        .readTree(out.toByteArray())
                        .at("/Plugins/0/Name")
                        .asText())
                .isEqualTo("two");
        out.reset();
        assertThat(run(two, "--dump", "--target-kong=3.8")).isZero();
        assertThat(new ObjectMapper().readTree(out.toByteArray()).path("Plugins"))
                .hasSize(2);
    }

    @Test
    void writesADumpForEachPlugin(@TempDir Path directory) throws Exception {
        Path target = directory.resolve("kong");
        assertThat(run(List.of(named("one"), named("two")), "--dump-to", target.toString()))
                .isZero();
        assertThat(out.size()).isZero();
        for (String name : List.of("one", "two")) {
            JsonNode dump = new ObjectMapper().readTree(Files.readString(target.resolve(name + ".json")));
            assertThat(dump.at("/Plugins/0/Name").asText()).isEqualTo(name);
            assertThat(dump.path("Plugins")).hasSize(1);
        }
    }

    @Test
    void responseHandlersAreKeptFromGrpcAndPrereadOnesFromRequests() throws Exception {
        assertThat(run(List.of(Probe.doing(kong -> {})), "--dump")).isZero();
        assertThat(new ObjectMapper()
                        .readTree(out.toByteArray())
                        .at("/Plugins/0/Schema/fields/0/protocols/default")
                        .toString())
                .isEqualTo("[\"http\",\"https\",\"tcp\",\"tls\",\"tls_passthrough\",\"udp\"]");
    }

    @Test
    void printsVersionsAndHelp() {
        assertThat(run(List.of(named("one"), named("two")), "-version")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("one 1.2.0\ntwo 1.2.0\n");
        out.reset();
        assertThat(run(List.of(named("one")), "-help")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("--kong-prefix", "--target-kong", "--dump-to");
    }

    @Test
    void everyMistakeIsOneSentenceAndNothingOnStdout() {
        says(List.of(named("one")), "There is no flag --dmup; --help shows those there are", "--dmup");
        says(List.of(named("one")), "--kong-prefix needs a value", "--kong-prefix");
        says(List.of(named("one")), "'3' is no version of Kong; write it like 3.9", "--target-kong", "3");
        says(List.of(named("one")), "Kong 2.7 is not supported; 2.8 is the oldest", "--target-kong", "2.7");
        says(List.of(named("one")), "--log-level 'loud' is none of debug", "--log-level", "loud");
        says(List.of(named("one")), "--handler-limit 0 is outside of 1 to 3600", "--handler-limit", "0");
        says(List.of(named("one")), "--dump takes no value", "--dump=yes");
        says(List.of(named("one")), "There is no plugin x here, but [one]", "--dump", "--plugin", "x");
        says(List.of(), "There is no plugin to serve", "--dump");
        says(List.of(named("one"), named("one")), "Two plugins are called one", "--dump");
        says(List.of(named("a b")), "Plugin a b has a name that Kong refuses", "--dump");
        says(List.of(new Named("one", "1.0-SNAPSHOT")), "Plugin one has version '1.0-SNAPSHOT'", "--dump");
        says(
                List.of(new KongPlugin<Probe.Config>() {
                    @Override
                    public String name() {
                        return "idle";
                    }
                }),
                "Plugin idle overrides no phase",
                "--dump");
    }

    @Test
    void aPluginThatDoesNotSayItsConfigIsToldHow() {
        says(List.of(new Generic<Probe.Config>()), "Generic does not say which record", "--dump");
        assertThat(new Indirect().configType()).isEqualTo(Probe.Config.class);
    }

    /** Its config is not to be found out. */
    private static final class Generic<C extends Record> implements KongPlugin<C> {
        @Override
        public Outcome access(Kong kong, C config) {
            return Outcome.proceed();
        }
    }

    /** Its config is to be found one class further up. */
    private static final class Indirect extends Named {
        Indirect() {
            super("indirect", "1");
        }
    }

    @Test
    void theDefaultNameIsThatOfTheClass() {
        class RateLimitPlugin implements KongPlugin<Probe.Config> {}
        assertThat(new RateLimitPlugin().name()).isEqualTo("rate-limit");
        assertThat(new RateLimitPlugin().failurePolicy()).isEqualTo(FailurePolicy.CLOSED);
    }

    private void says(List<KongPlugin<?>> plugins, String message, String... args) {
        out.reset();
        err.reset();
        assertThat(run(plugins, args)).as(message).isEqualTo(2);
        assertThat(out.size()).isZero();
        assertThat(err.toString(StandardCharsets.UTF_8)).contains(message).hasLineCount(1);
    }

    @Test
    void rehearsesEveryPhase() {
        AtomicInteger calls = new AtomicInteger();
        Probe probe = Probe.doing(kong -> calls.incrementAndGet());
        assertThat(run(List.of(probe), "--rehearse", Served.CONFIG)).isZero();
        assertThat(calls).hasValue(200 * Phase.values().length);
    }

    @Test
    void goesOnRehearsingAfterAnExit() {
        AtomicInteger calls = new AtomicInteger();
        Probe probe = Probe.of(kong -> {
            calls.incrementAndGet();
            return kong.phase() == Phase.RESPONSE ? Outcome.exit(204) : Outcome.proceed();
        });
        assertThat(run(List.of(probe), "--rehearse", "{}")).isZero();
        assertThat(calls).hasValueGreaterThanOrEqualTo(200);
    }

    @Test
    void rehearsesNoConfigThatDoesNotFit() {
        assertThat(run(List.of(Probe.doing(kong -> {})), "--rehearse", "{")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("--rehearse: plugin probe has no use for this config");
    }
}
