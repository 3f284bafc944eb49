package io.gatewright.kong;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/** Public keys in the form that Kong's credentials have: SubjectPublicKeyInfo in PEM (RFC 7468 §13). */
final class PublicKeyPem {
    /** What stands before the 32 bytes of an Ed25519 key (RFC 8410 §4), which Nimbus does not write. */
    private static final byte[] ED25519 = HexFormat.of().parseHex("302a300506032b6570032100");

    private static final int ED25519_BYTES = 32;
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

    private PublicKeyPem() {}

    /** Of a JSON Web Key; empty when it is of no kind that Kong knows. */
    static Optional<String> of(JsonNode key) {
        try {
            if (key.path("crv").asText().equals("Ed25519")) {
                byte[] raw = Base64.getUrlDecoder().decode(key.path("x").asText());
                return raw.length == ED25519_BYTES ? Optional.of(pem(joined(ED25519, raw))) : Optional.empty();
            }
            return JWK.parse(key.toString()) instanceof AsymmetricJWK parsed
                    ? Optional.of(pem(parsed.toPublicKey().getEncoded()))
                    : Optional.empty();
        } catch (ParseException | JOSEException | IllegalArgumentException e) {
            return Optional.empty(); // its tokens are refused
        }
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] all = new byte[first.length + second.length];
        System.arraycopy(first, 0, all, 0, first.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    private static String pem(byte[] der) {
        return "-----BEGIN PUBLIC KEY-----\n" + LINES.encodeToString(der) + "\n-----END PUBLIC KEY-----\n";
    }
}
