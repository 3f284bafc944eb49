package io.gatewright.server.access;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * The secret that opens the API of a control plane without an issuer, for as long as it runs. Thread-safe. Never prints
 * unless asked to.
 */
public final class LocalToken {
    /** The name of its file in the data directory. */
    public static final String FILE = "api-token";

    private static final int BYTES = 32;

    private final String secret;

    /** A new one. */
    public LocalToken() {
        byte[] bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        secret = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** The secret itself. */
    public String reveal() {
        return secret;
    }

    /** Whether that is the secret; takes as long for a near miss as for a far one. */
    public boolean matches(String given) {
        return MessageDigest.isEqual(secret.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }

    /** Puts it where only this user can read it, in the place of an earlier one. */
    public void store(Path directory) throws IOException {
        Files.createDirectories(directory);
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Path fresh = Files.createTempFile(directory, FILE, ".new", ownerOnly);
        Files.writeString(fresh, secret + "\n");
        Files.move(fresh, directory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Takes it away again, unless another process put its own there. */
    public void remove(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        if (Files.exists(file) && matches(Files.readString(file).strip())) {
            Files.delete(file);
        }
    }

    @Override
    public String toString() {
        return "redacted";
    }
}
