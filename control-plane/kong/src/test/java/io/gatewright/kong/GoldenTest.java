package io.gatewright.kong;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.kong.KongTranslator.Translation;
import io.gatewright.settings.Body.Endpoint;
import io.gatewright.settings.GoldenFiles;
import io.gatewright.settings.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the translator to the files in testdata/out/kong; {@code ./gatewright golden} writes them anew. */
final class GoldenTest {
    private static final GoldenFiles FILES = new GoldenFiles(Path.of("../testdata/out/kong"));
    private static final Endpoint REDIS = new Endpoint("redis.internal", 6379);

    static Stream<String> cases() throws IOException {
        return GoldenFiles.cases();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void translatesAsTheFilesSay(String name) throws IOException {
        Settings settings = GoldenFiles.input(name);
        Map<String, String> files = new TreeMap<>();
        for (Profile profile : Profile.values()) {
            Translation made = KongTranslator.translate(settings, new Target(profile, REDIS));
            assertThat(made.failures()).isEmpty();
            files.put("deck-" + profile.wireName() + ".yaml", DeckFile.write(made.bundle()));
            files.put(
                    "dbless-" + profile.wireName() + ".json",
                    DblessDocument.of(made.bundle()).text());
        }
        FILES.hold(name, files);
    }

    @Test
    void everyOutputHasAnInput() throws IOException {
        FILES.holdNames();
    }
}
