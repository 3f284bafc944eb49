package io.gatewright.envoy;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import io.gatewright.xds.Resource;
import java.io.IOException;
import java.nio.file.Files;
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
    private static final Path IN = Path.of("../testdata/in");
    private static final Path OUT = Path.of("../testdata/out/envoy");
    private static final boolean REWRITE = Boolean.getBoolean("golden.rewrite");

    static Stream<String> cases() throws IOException {
        try (Stream<Path> files = Files.list(IN)) {
            return files
                    .map(file -> file.getFileName().toString().replaceFirst("\\.json$", ""))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void translatesAsTheFilesSay(String name) throws IOException {
        Map<String, String> wanted = translate(SettingsFile.read(IN.resolve(name + ".json")));
        Path folder = OUT.resolve(name);
        if (REWRITE) {
            rewrite(folder, wanted);
        }
        assertThat(written(folder))
                .as("./gatewright golden rewrites these files")
                .isEqualTo(wanted);
    }

    @Test
    void everyOutputHasAnInput() throws IOException {
        try (Stream<Path> folders = Files.list(OUT)) {
            assertThat(folders.map(folder -> folder.getFileName().toString()).collect(Collectors.toSet()))
                    .isEqualTo(cases().collect(Collectors.toSet()));
        }
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

    private static void rewrite(Path folder, Map<String, String> wanted) throws IOException {
        Files.createDirectories(folder);
        for (String stale : written(folder).keySet()) {
            Files.delete(folder.resolve(stale));
        }
        for (Map.Entry<String, String> file : wanted.entrySet()) {
            Files.writeString(folder.resolve(file.getKey()), file.getValue());
        }
    }

    private static Map<String, String> written(Path folder) throws IOException {
        Map<String, String> files = new TreeMap<>();
        if (Files.isDirectory(folder)) {
            try (Stream<Path> list = Files.list(folder)) {
                for (Path file : list.toList()) {
                    files.put(file.getFileName().toString(), Files.readString(file));
                }
            }
        }
        return files;
    }
}
