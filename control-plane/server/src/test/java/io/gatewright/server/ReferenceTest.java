package io.gatewright.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.settings.Catalog;
import io.gatewright.settings.Key;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Holds the reference pages to the code; {@code ./gatewright golden} writes them anew. */
final class ReferenceTest {
    private static final Path DOCS = Path.of("../../docs");
    private static final boolean REWRITE = Boolean.getBoolean("golden.rewrite");

    @Test
    void settingsPageHasEveryKeyOfTheCatalogue() throws IOException {
        String rows = Catalog.keys().stream().map(ReferenceTest::row).collect(Collectors.joining("\n"));
        assertPage("settings-reference.md", """
                # Settings reference

                Every key that can be set, made from the catalogue in the code. How scopes and merging work stands in
                [architecture.md](architecture.md). A value is set with `./gatewright set SCOPE KEY VALUE --reason WHY`, and
                `./gatewright explain TENANT KEY` says why a tenant has the one it has.

                | key | value | default | merge | feeds | meaning |
                | --- | --- | --- | --- | --- | --- |
                """ + rows + "\n");
    }

    private static <T> String row(Key<T> key) {
        return "| `%s` | %s | `%s` | %s | %s | %s |"
                .formatted(
                        key.name(),
                        key.type().describe().replace("|", "\\|"),
                        key.type().write(key.defaultValue()),
                        key.type().mergeRule(),
                        key.policy().wireName(),
                        key.sentence());
    }

    @Test
    void configurationPageHasEveryFlag() throws IOException {
        String rows = Arrays.stream(ConfigurationKey.values())
                .map(key -> "| `%s` | `%s` | %s | %s | %s |"
                        .formatted(
                                key.flag(),
                                key.variable(),
                                key.form(),
                                key.defaultValue().isEmpty() ? "" : "`" + key.defaultValue() + "`",
                                key.sentence()))
                .collect(Collectors.joining("\n"));
        assertPage("configuration.md", """
                # Configuration of the control plane

                `./gatewright serve` takes flags and environment variables; a flag wins. Unknown ones stop the start, and all
                problems are listed at once. Made from the code.

                | flag | variable | value | default | meaning |
                | --- | --- | --- | --- | --- |
                """ + rows + "\n");
    }

    private static void assertPage(String name, String wanted) throws IOException {
        Path page = DOCS.resolve(name);
        if (REWRITE) {
            Files.writeString(page, wanted);
        }
        assertThat(Files.readString(page))
                .as("./gatewright golden rewrites this page")
                .isEqualTo(wanted);
    }
}
