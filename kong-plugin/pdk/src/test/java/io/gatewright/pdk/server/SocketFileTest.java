package io.gatewright.pdk.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The socket's path and who has it; the numbers are those of the conformance cases. */
final class SocketFileTest {
    @TempDir
    Path directory;

    @Test
    @DisplayName("K53 a stale socket is taken over")
    void takesOverAStaleSocket() throws IOException {
        Path path = directory.resolve("s");
        try (ServerSocketChannel stale = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            stale.bind(UnixDomainSocketAddress.of(path));
        }
        assertThat(path).exists();
        SocketFile socket = SocketFile.listen(path);
        reaches(path, socket);
        socket.close();
        assertThat(path).doesNotExist();
    }

    @Test
    @DisplayName("K53 K54 the path of a live server is taken over, and the first does not take it away when it ends")
    void takesOverFromALiveServer() throws IOException {
        Path path = directory.resolve("s");
        SocketFile first = SocketFile.listen(path);
        SocketFile second = SocketFile.listen(path);
        reaches(path, second);
        first.close();
        reaches(path, second);
        second.close();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    @DisplayName("K53 another kind of file is left alone")
    void leavesAnotherFileAlone() throws IOException {
        Path path = Files.writeString(directory.resolve("s"), "mine");
        assertThatThrownBy(() -> SocketFile.listen(path))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is no socket; remove it, or choose another with --socket-name");
        assertThat(path).hasContent("mine");
    }

    @Test
    @DisplayName("K53 a path over 107 bytes is refused with a reason")
    void refusesALongPath() {
        Path path = directory.resolve("s".repeat(108));
        assertThatThrownBy(() -> SocketFile.listen(path))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("107 at most")
                .hasMessageContaining("--kong-prefix");
    }

    @Test
    void aMissingDirectoryIsNamed() {
        assertThatThrownBy(() -> SocketFile.listen(directory.resolve("none/s")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("none/s")
                .hasMessageContaining("directory");
    }

    private static void reaches(Path path, SocketFile socket) throws IOException {
        try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path));
                SocketChannel accepted = socket.channel().accept()) {
            assertThat(client.isConnected()).isTrue();
            assertThat(accepted.isConnected()).isTrue();
        }
    }
}
