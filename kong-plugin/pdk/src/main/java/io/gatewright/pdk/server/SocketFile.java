package io.gatewright.pdk.server;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A Unix socket at a path. Thread-safe. Takes a path over from a server that lives, as a reload of Kong wants it: it binds
 * beside and renames, so that there is no moment without a server, and it removes only what is still its own.
 */
final class SocketFile {
    /** What a full queue costs is a failed request; this is the most that Linux gives by default. */
    private static final int BACKLOG = 4096;

    /** Of sockaddr_un, less the NUL. */
    private static final int LONGEST_PATH_BYTES = 107;

    private final Path path;
    private final ServerSocketChannel channel;
    private final Object key;

    private SocketFile(Path path, ServerSocketChannel channel, Object key) {
        this.path = path;
        this.channel = channel;
        this.key = key;
    }

    /**
     * Listens at this path.
     *
     * @throws IOException that says why not: another kind of file is there, the path is too long, the directory is not writable
     */
    static SocketFile listen(Path path) throws IOException {
        Path absolute = path.toAbsolutePath();
        Path beside = absolute.resolveSibling("." + ProcessHandle.current().pid());
        requireShort(absolute);
        requireShort(beside);
        BasicFileAttributes present = attributes(absolute);
        if (present != null && !present.isOther()) {
            throw new IOException(absolute + " is no socket; remove it, or choose another with --socket-name");
        }
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            Files.deleteIfExists(beside);
            channel.bind(UnixDomainSocketAddress.of(beside), BACKLOG);
            Files.move(beside, absolute, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            channel.close();
            throw new IOException(
                    "Cannot listen at %s (%s); is its directory there, and writable?".formatted(absolute, e), e);
        }
        BasicFileAttributes own = Objects.requireNonNull(attributes(absolute), "the socket just bound");
        return new SocketFile(absolute, channel, own.fileKey());
    }

    ServerSocketChannel channel() {
        return channel;
    }

    Path path() {
        return path;
    }

    void close() throws IOException {
        channel.close();
        BasicFileAttributes present = attributes(path);
        if (present != null && key.equals(present.fileKey())) {
            Files.deleteIfExists(path);
        }
    }

    private static void requireShort(Path path) throws IOException {
        int bytes = path.toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > LONGEST_PATH_BYTES) {
            throw new IOException(
                    "The path %s has %d bytes, and that of a socket %d at most; choose a shorter one with --kong-prefix"
                            .formatted(path, bytes, LONGEST_PATH_BYTES));
        }
    }

    private static @Nullable BasicFileAttributes attributes(Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            return null;
        }
    }
}
