package io.gatewright.sidecar.extproc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A socket path that a later process takes over without a moment in which nobody listens: each process has a file of its
 * own, and the path is a link to the newest. One thread at a time.
 */
public final class SocketLink implements AutoCloseable {
    private final Path path;
    private final Path own;

    /** For the path that clients connect to; its directory must be there and writable. */
    public SocketLink(Path path) {
        this.path = path.toAbsolutePath();
        this.own = this.path.resolveSibling(this.path.getFileName() + "."
                + ProcessHandle.current().pid() + "." + Long.toHexString(System.nanoTime()));
    }

    Path own() {
        return own;
    }

    /** From now on the path leads here. */
    void publish() throws IOException {
        Path next = own.resolveSibling(own.getFileName() + ".link");
        Files.createSymbolicLink(next, own.getFileName());
        Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Whether another process has the path now. */
    boolean isTakenOver() {
        try {
            return Files.isSymbolicLink(path) && !Files.readSymbolicLink(path).equals(own.getFileName());
        } catch (IOException e) {
            return false; // it went in this moment, and nobody has it
        }
    }

    /** Removes this process's own file, and the path while it still leads here. */
    @Override
    public void close() {
        try {
            if (Files.isSymbolicLink(path) && Files.readSymbolicLink(path).equals(own.getFileName())) {
                Files.delete(path);
            }
            Files.deleteIfExists(own);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
