package io.gatewright.guard.http;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** SHA-256, and the fields that carry it (RFC 9530). Stateless. */
public final class Digests {
    private static final Pattern SHA_256 = Pattern.compile("(?:^|[,\\s])sha-256=:([A-Za-z0-9+/]{43}=):");

    private Digests() {}

    /** A new one, for one thread at a time. */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    /** SHA-256 of these octets, 32 octets. */
    public static Octets of(Octets octets) {
        return Octets.of(sha256().digest(octets.bytes()));
    }

    /** The digest that a message's {@code Content-Digest} lines have under {@code sha-256}, if any. */
    public static Optional<Octets> sent(List<String> lines) {
        Matcher matcher = SHA_256.matcher(String.join(",", lines));
        return matcher.find() ? Optional.of(Octets.of(Base64.getDecoder().decode(matcher.group(1)))) : Optional.empty();
    }
}
