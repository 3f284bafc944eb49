package io.gatewright.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Outputs of a translator in a folder for each input of testdata/in; {@code ./gatewright golden} writes them anew. For tests
 * of modules beside testdata.
 *
 * @param out the folder of the translator
 */
public record GoldenFiles(Path out) {
    private static final Path IN = Path.of("../testdata/in");
    private static final boolean REWRITE = Boolean.getBoolean("golden.rewrite");

    /** The names of the inputs, sorted. */
    public static Stream<String> cases() throws IOException {
        try (Stream<Path> files = Files.list(IN)) {
            return files
                    .map(file -> file.getFileName().toString().replaceFirst("\\.json$", ""))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    public static Settings input(String name) throws IOException {
        return SettingsFile.read(IN.resolve(name + ".json"));
    }

    /** Holds what came out of an input, by the names of its files, to what is written. */
    public void hold(String name, Map<String, String> wanted) throws IOException {
        Path folder = out.resolve(name);
        if (REWRITE) {
            rewrite(folder, wanted);
        }
        assertThat(written(folder))
                .as("./gatewright golden rewrites these files")
                .isEqualTo(wanted);
    }

    /** Holds the folders to the inputs. */
    public void holdNames() throws IOException {
        try (Stream<Path> folders = Files.list(out)) {
            assertThat(folders.map(folder -> folder.getFileName().toString()).collect(Collectors.toSet()))
                    .isEqualTo(cases().collect(Collectors.toSet()));
        }
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
