package io.gatewright.envoy;

import io.gatewright.settings.GoldenFiles;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import io.gatewright.xds.Resource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the translator to the files in testdata/out; {@code ./gatewright golden} writes them anew. */
final class GoldenTest {
    private static final GoldenFiles FILES = new GoldenFiles(Path.of("../testdata/out/envoy"));

    static Stream<String> cases() throws IOException {
        return GoldenFiles.cases();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void translatesAsTheFilesSay(String name) throws IOException {
        FILES.hold(name, translate(GoldenFiles.input(name)));
    }

    @Test
    void everyOutputHasAnInput() throws IOException {
        FILES.holdNames();
    }

    private static Map<String, String> translate(Settings settings) {
        List<Resource> resources = new ArrayList<>(EnvoyTranslator.shared(settings));
        TreeSet<String> origins = new TreeSet<>();
        for (String tenant : new TreeSet<>(settings.ids(Kind.TENANT))) {
            resources.addAll(EnvoyTranslator.tenant(settings, tenant));
            origins.addAll(EnvoyTranslator.origins(settings, tenant));
        }
        resources.add(EnvoyTranslator.noTenant(origins));
        resources.add(EnvoyTranslator.primer(settings));
        Map<String, List<Resource>> byType = resources.stream()
                .collect(Collectors.groupingBy(
                        r -> r.type().name().toLowerCase(Locale.ROOT).replace('_', '-') + ".json"));
        Map<String, String> files = new TreeMap<>();
        byType.forEach((file, list) -> files.put(file, ResourceJson.print(list)));
        return files;
    }
}
