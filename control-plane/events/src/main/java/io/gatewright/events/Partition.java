package io.gatewright.events;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * The partition of a tenant or organisation, the same for ever and on every channel: the low six bits of the first byte of
 * SHA-256 over {@code tenant} or {@code tenant/org} in UTF-8. The SQL function {@code events.partition_of} is its twin.
 */
final class Partition {
    static final int COUNT = 64;

    private Partition() {}

    static int of(String tenant, @Nullable String org) {
        String owner = org == null ? tenant : tenant + "/" + org;
        try {
            return MessageDigest.getInstance("SHA-256").digest(owner.getBytes(StandardCharsets.UTF_8))[0] & (COUNT - 1);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
