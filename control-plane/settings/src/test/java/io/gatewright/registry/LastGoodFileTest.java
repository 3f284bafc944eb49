package io.gatewright.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatewright.settings.Body;
import io.gatewright.settings.Document;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LastGoodFileTest {
    private static final Known KNOWN = new Known(
            Settings.EMPTY.with(
                    7,
                    List.of(
                            Document.of(Kind.ORG, "acme", 3, new Body.Org("Söhne \uD83D\uDE00")),
                            Document.of(Kind.TENANT, "acme-de", 7, new Body.Tenant("acme", List.of(), false)))),
            "ab".repeat(32));

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = directory.resolve("last-good.jsonl");
        LastGoodFile.write(file, KNOWN);
    }

    @Test
    void givesBackWhatWasWritten() throws IOException {
        LastGoodFile.write(file, KNOWN);

        Known read = LastGoodFile.read(file);

        assertThat(read.hash()).isEqualTo(KNOWN.hash());
        assertThat(read.settings().revision()).isEqualTo(7);
        assertThat(Known.allDocuments(read.settings())).isEqualTo(Known.allDocuments(KNOWN.settings()));
        assertThat(Files.readAllLines(file)).hasSize(4);
    }

    @Test
    void refusesEveryChangedByte() throws IOException {
        byte[] good = Files.readAllBytes(file);
        for (int i = 0; i < good.length - 1; i++) {
            byte[] bad = good.clone();
            bad[i] ^= 1;
            Files.write(file, bad);
            assertThatThrownBy(() -> LastGoodFile.read(file)).as("byte " + i).isInstanceOf(IOException.class);
        }
    }

    @Test
    void refusesEveryCutOffFile() throws IOException {
        byte[] good = Files.readAllBytes(file);
        for (int length = 0; length < good.length - 1; length++) {
            Files.write(file, Arrays.copyOf(good, length));
            assertThatThrownBy(() -> LastGoodFile.read(file))
                    .as("length " + length)
                    .isInstanceOf(IOException.class);
        }
    }
}
