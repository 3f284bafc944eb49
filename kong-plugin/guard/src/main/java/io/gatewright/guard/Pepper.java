package io.gatewright.guard;

import io.gatewright.guard.http.Octets;
import io.gatewright.guard.store.ScopedKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret without which nobody can tell a key from what is stored of it. Immutable, thread-safe. The newest one makes new
 * scoped keys; older ones find those that were made before a rotation.
 */
public final class Pepper {
    private static final String HMAC = "HmacSHA256";

    /** The fewest octets of a secret. */
    static final int SHORTEST = 32;

    private final List<SecretKeySpec> secrets;

    private Pepper(List<SecretKeySpec> secrets) {
        this.secrets = secrets;
    }

    /**
     * From secrets.
     *
     * @param secrets newest first, each of at least 32 octets
     * @throws IllegalArgumentException when there is none or one is too short
     */
    public static Pepper of(List<Octets> secrets) {
        if (secrets.isEmpty()) {
            throw new IllegalArgumentException(
                    "The pepper is missing; give a secret of at least " + SHORTEST + " octets");
        }
        for (Octets secret : secrets) {
            if (secret.size() < SHORTEST) {
                throw new IllegalArgumentException("The pepper has " + secret.size() + " octets; give at least "
                        + SHORTEST + ", such as from openssl rand -base64 32");
            }
        }
        return new Pepper(secrets.stream()
                .map(secret -> new SecretKeySpec(secret.bytes(), HMAC))
                .toList());
    }

    /** The scoped keys under every secret, the newest first. */
    List<ScopedKey> scope(Caller caller, IdempotencyKey key) {
        return secrets.stream()
                .map(secret -> new ScopedKey(caller.tenant(), Octets.of(mac(secret, caller, key))))
                .toList();
    }

    /** The hashes of a resource under every secret, the newest first. No key has one of them: its parts are others in number. */
    List<ScopedKey> resource(String tenant, String path) {
        return secrets.stream()
                .map(secret -> new ScopedKey(tenant, Octets.of(mac(secret, "resource", tenant, path))))
                .toList();
    }

    /** A secret of the tenant's own, derived from the newest one. */
    Octets derive(String tenant, String purpose) {
        return Octets.of(mac(secrets.getFirst(), purpose, tenant));
    }

    private static byte[] mac(SecretKeySpec secret, Caller caller, IdempotencyKey key) {
        return mac(secret, caller.tenant(), caller.actor(), caller.module() + "/" + caller.route(), key.value());
    }

    /** Each part with its length before it, so that no two lists of parts are the same octets. */
    private static byte[] mac(SecretKeySpec secret, String... parts) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(secret);
            for (String part : parts) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                mac.update(
                        ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
                mac.update(bytes);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has " + HMAC, e);
        }
    }
}
