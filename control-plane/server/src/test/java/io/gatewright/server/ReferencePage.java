package io.gatewright.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A page in {@code docs} that is made from the code; {@code ./gatewright golden} writes it anew. Stateless. */
public final class ReferencePage {
    private static final Path DOCS = Path.of("../../docs");
    private static final boolean REWRITE = Boolean.getBoolean("golden.rewrite");

    private ReferencePage() {}

    /** Holds the page of that name to this text. */
    public static void assertPage(String name, String wanted) throws IOException {
        Path page = DOCS.resolve(name);
        if (REWRITE) {
            Files.writeString(page, wanted);
        }
        assertThat(Files.readString(page))
                .as("./gatewright golden rewrites this page")
                .isEqualTo(wanted);
    }
}
