package io.gatewright.pdk;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A body as it is on the wire, possibly compressed. Immutable.
 *
 * <p>A large request body lies in a file of Kong's, which Kong deletes when the request ends: read it within the event. Accept
 * either at any size.
 */
public final class Body {
    private final ByteString content;
    private final @Nullable Path file;

    private Body(ByteString content, @Nullable Path file) {
        this.content = content;
        this.file = file;
    }

    static Body of(ByteString content) {
        return new Body(content, null);
    }

    static Body in(Path file) {
        return new Body(ByteString.EMPTY, file);
    }

    /**
     * How many bytes.
     *
     * @throws KongException if it lies in a file that cannot be read
     */
    public long size() {
        if (file == null) {
            return content.size();
        }
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /**
     * A copy of all bytes.
     *
     * @throws KongException if it lies in a file that cannot be read
     */
    public byte[] bytes() {
        if (file == null) {
            return content.toByteArray();
        }
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /**
     * The bytes, without having them all in memory. The caller closes it.
     *
     * @throws KongException if it lies in a file that cannot be read
     */
    public InputStream stream() {
        if (file == null) {
            return content.newInput();
        }
        try {
            return Files.newInputStream(file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static KongException unreadable(Path file, IOException e) {
        return new KongException(
                "The request body lies in %s, which cannot be read (%s); run the plugin server on Kong's machine and as the user of Kong's workers, or raise client_body_buffer_size"
                        .formatted(file, e.getClass().getSimpleName()),
                e);
    }

    @Override
    public String toString() {
        return file == null ? content.size() + " bytes" : "in " + file;
    }
}
