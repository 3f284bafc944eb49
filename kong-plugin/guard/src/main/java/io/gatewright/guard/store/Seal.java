package io.gatewright.guard.store;

import io.gatewright.guard.http.Octets;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts what is kept of answers: AES-256-GCM under a key of each tenant's own, which an HMAC derives from one secret;
 * compressed before. Bound to tenant, attempt and fence, so that no row can stand for another. Thread-safe.
 */
public final class Seal {
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int SECRET_BYTES = 32;

    private final SecretKeySpec secret;
    private final SecureRandom random = new SecureRandom();

    /** @param secret at least 32 octets */
    public Seal(Octets secret) {
        if (secret.size() < SECRET_BYTES) {
            throw new IllegalArgumentException("The secret that seals answers has " + secret.size()
                    + " octets; give at least " + SECRET_BYTES + ", such as from openssl rand -base64 32");
        }
        this.secret = new SecretKeySpec(secret.bytes(), "HmacSHA256");
    }

    Octets seal(Claim claim, Octets plain) {
        try {
            byte[] nonce = new byte[NONCE_BYTES];
            random.nextBytes(nonce);
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, claim, nonce).doFinal(deflated(plain.bytes()));
            return Octets.of(ByteBuffer.allocate(NONCE_BYTES + sealed.length)
                    .put(nonce)
                    .put(sealed)
                    .array());
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("Every Java has AES-GCM", e);
        }
    }

    /** @throws GeneralSecurityException when it was sealed otherwise, or altered */
    Octets open(Claim claim, Octets sealed) throws GeneralSecurityException {
        byte[] bytes = sealed.bytes();
        if (bytes.length < NONCE_BYTES) {
            throw new GeneralSecurityException("too short");
        }
        byte[] nonce = java.util.Arrays.copyOf(bytes, NONCE_BYTES);
        byte[] plain =
                cipher(Cipher.DECRYPT_MODE, claim, nonce).doFinal(bytes, NONCE_BYTES, bytes.length - NONCE_BYTES);
        try (InflaterInputStream inflated = new InflaterInputStream(new java.io.ByteArrayInputStream(plain))) {
            return Octets.of(inflated.readAllBytes());
        } catch (IOException e) {
            throw new GeneralSecurityException("not compressed as it should be", e);
        }
    }

    private static byte[] deflated(byte[] plain) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(bytes)) {
            deflater.write(plain);
        }
        return bytes.toByteArray();
    }

    private Cipher cipher(int mode, Claim claim, byte[] nonce) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(secret);
        byte[] key = mac.doFinal(("seal/" + claim.key().tenant()).getBytes(StandardCharsets.UTF_8));
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD((claim.key().tenant() + '\n' + claim.attempt() + '\n' + claim.fence())
                .getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
