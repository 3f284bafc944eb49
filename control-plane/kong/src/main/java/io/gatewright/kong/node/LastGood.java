package io.gatewright.kong.node;

import io.gatewright.kong.DblessDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The file of what a Kong proved last, for its {@code declarative_config}: a Kong that starts while nobody posts to it serves
 * from there. Whole or not at all. One thread at a time.
 */
final class LastGood {
    private final Path file;
    private String written = "";

    LastGood(Path folder, String node) {
        this.file = folder.resolve(node + ".json");
    }

    void write(DblessDocument document) throws IOException {
        if (document.hash().equals(written)) {
            return;
        }
        Files.createDirectories(file.getParent());
        Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
        Files.writeString(unfinished, document.text());
        Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        written = document.hash();
    }
}
