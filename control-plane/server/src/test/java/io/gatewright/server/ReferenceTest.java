package io.gatewright.server;

import static io.gatewright.server.ReferencePage.assertPage;

import io.gatewright.settings.Catalog;
import io.gatewright.settings.Example;
import io.gatewright.settings.Key;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Holds the reference pages to the code; {@code ./gatewright golden} writes them anew. */
final class ReferenceTest {
    @Test
    void settingsPageHasEveryKeyOfTheCatalogue() throws IOException {
        String rows = Catalog.keys().stream().map(ReferenceTest::row).collect(Collectors.joining("\n"));
        String examples = Catalog.keys().stream()
                .map(key -> "./gatewright set %s %s %s"
                        .formatted(
                                Example.of(key).scope(),
                                key.name(),
                                Example.of(key).words().replaceAll("(\\S*[!*]\\S*)", "'$1'")))
                .collect(Collectors.joining("\n"));
        assertPage("settings-reference.md", """
                # Settings reference

                Every key that can be set, made from the catalogue in the code. How scopes and merging work stands in
                [architecture.md](architecture.md). A value is set with `./gatewright set SCOPE KEY VALUE --reason WHY`, and
                `./gatewright explain TENANT KEY` says why a tenant has the one it has. Every key can be locked at a scope; those
                with min, max take bounds too ([settings.md](settings.md#locks-and-bounds)). A change of those marked 2 needs a
                second person ([security.md](security.md#a-second-person)).

                | key | value | default | merge | bounds | persons | feeds | meaning |
                | --- | --- | --- | --- | --- | --- | --- | --- |
                """ + rows + """


                ## Examples

                One for each key, with the scope where it makes sense, to be followed by `--reason WHY`. A list is replaced as a
                whole unless its merge is union.

                ```
                """ + examples + "\n```\n");
    }

    private static <T> String row(Key<T> key) {
        return "| `%s` | %s | `%s` | %s | %s | %s | %s | %s |"
                .formatted(
                        key.name(),
                        key.type().describe().replace("|", "\\|"),
                        key.type().write(key.defaultValue()),
                        key.type().mergeRule(),
                        key.ordered() ? "min, max" : "",
                        key.sensitive() ? "2" : "",
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
}
