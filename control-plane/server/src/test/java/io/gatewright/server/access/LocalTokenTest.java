package io.gatewright.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalTokenTest {
    @TempDir
    private Path directory;

    @Test
    void isAnotherEachTimeAndOnlyItself() {
        LocalToken token = new LocalToken();
        assertThat(token.reveal()).hasSize(43).isNotEqualTo(new LocalToken().reveal());
        assertThat(token.matches(token.reveal())).isTrue();
        assertThat(token.matches(token.reveal().substring(1))).isFalse();
        assertThat(token.matches("")).isFalse();
        assertThat(token).hasToString("redacted");
    }

    @Test
    void standsInAFileThatOnlyItsOwnerReadsEvenOverAnotherOne() throws IOException {
        Path data = directory.resolve("data");
        new LocalToken().store(data);
        Path file = data.resolve(LocalToken.FILE);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        LocalToken token = new LocalToken();
        token.store(data);

        assertThat(Files.readString(file)).isEqualTo(token.reveal() + "\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        try (var files = Files.list(data)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void leavesTheFileOfAnotherProcess() throws IOException {
        LocalToken first = new LocalToken();
        first.store(directory);
        LocalToken second = new LocalToken();
        second.store(directory);

        first.remove(directory);
        assertThat(directory.resolve(LocalToken.FILE)).hasContent(second.reveal());
        second.remove(directory);
        second.remove(directory);
        assertThat(directory).isEmptyDirectory();
    }
}
