package io.gatewright.kong;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import io.gatewright.settings.Body.Endpoint;
import io.gatewright.settings.Given;
import io.gatewright.settings.GoldenFiles;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Three checks without a Kong: our strict model, {@code deck validate} where decK is on the PATH, and decK's own JSON schema
 * where {@code KONG_JSON_SCHEMA} names it.
 */
final class OfflineChecksTest {
    private static final Endpoint REDIS = new Endpoint("redis.internal", 6379);
    private static final Optional<Path> DECK = Arrays.stream(
                    System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
            .map(folder -> Path.of(folder, "deck"))
            .filter(Files::isExecutable)
            .findFirst();
    private static final Optional<Path> SCHEMA =
            Optional.ofNullable(System.getenv("KONG_JSON_SCHEMA")).map(Path::of).filter(Files::isReadable);

    static {
        if (DECK.isEmpty()) {
            shout("decK is not on the PATH: its check of the Kong files is LEFT OUT. Debian: apt-get install deck");
        }
        if (SCHEMA.isEmpty()) {
            shout("KONG_JSON_SCHEMA names no file: decK's JSON schema is LEFT OUT of the checks of the Kong files");
        }
    }

    static Stream<String> cases() throws IOException {
        return GoldenFiles.cases();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theStrictModelTakesEveryDocument(String name) throws IOException {
        for (Profile profile : Profile.values()) {
            Bundle bundle = bundle(name, profile);

            assertThat(StrictKong.check(Given.json(DblessDocument.of(bundle).text())))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void deckTakesEveryFile(String name, @TempDir Path folder) throws IOException, InterruptedException {
        for (Profile profile : Profile.values()) {
            Path file = folder.resolve("kong.yaml");
            Files.writeString(file, DeckFile.write(bundle(name, profile)));
            if (DECK.isPresent()) {
                Path said = folder.resolve("said.txt");
                int code = new ProcessBuilder(DECK.get().toString(), "validate", "-s", file.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile())
                        .start()
                        .waitFor();
                assertThat(code).as(Files.readString(said)).isZero();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void decksSchemaTakesEveryFile(String name) throws IOException {
        for (Profile profile : Profile.values()) {
            JsonNode file = new YAMLMapper().readTree(DeckFile.write(bundle(name, profile)));
            assertThat(file.path("_info").path("select_tags")).hasSize(1);
            if (SCHEMA.isPresent()) {
                JsonNode schema = new ObjectMapper().readTree(SCHEMA.get().toFile());
                Schema checked =
                        SchemaRegistry.withDialect(Dialects.getDraft4()).getSchema(schema);
                assertThat(checked.validate(file)).isEmpty();
            }
        }
    }

    private static Bundle bundle(String name, Profile profile) throws IOException {
        return Registries.bundle(GoldenFiles.input(name), new Target(profile, REDIS));
    }

    private static void shout(String text) {
        System.err.println("\n*** " + text + " ***\n");
    }
}
