package io.gatewright.guard;

import io.gatewright.guard.http.Digests;
import io.gatewright.guard.http.Octets;
import io.gatewright.guard.http.RequestHead;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What makes two requests with one key the same request: method, path, query, media type, conditions and the body's digest.
 * Not what proxies and clients vary between tries, such as Accept, Authorization or trace ids. Stateless.
 */
final class Fingerprint {
    private static final Pattern ESCAPE = Pattern.compile("%([0-9a-fA-F]{2})");
    private static final Pattern CHARSET =
            Pattern.compile(";\\s*charset\\s*=\\s*\"?([^\";\\s]+)", Pattern.CASE_INSENSITIVE);
    private static final String UNRESERVED = "-._~";

    private Fingerprint() {}

    /** @param bodyDigest SHA-256 of the body, 32 octets */
    static Octets of(RequestHead head, Octets bodyDigest) {
        MessageDigest digest = Digests.sha256();
        add(digest, head.method());
        add(digest, canonical(head.path()));
        add(digest, canonical(head.query()));
        add(digest, mediaType(head.fields().first("content-type")));
        add(digest, String.join(",", head.fields().all("if-match")));
        add(digest, String.join(",", head.fields().all("if-none-match")));
        digest.update(bodyDigest.bytes());
        return Octets.of(digest.digest());
    }

    private static void add(MessageDigest digest, String part) {
        byte[] bytes = part.getBytes(StandardCharsets.ISO_8859_1);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        digest.update(bytes);
    }

    /** Percent-encoding normalised (RFC 3986 §6.2.2), order kept. */
    static String canonical(String text) {
        return ESCAPE.matcher(text).replaceAll(Fingerprint::escape);
    }

    private static String escape(java.util.regex.MatchResult escape) {
        char c = (char) HexFormat.fromHexDigits(escape.group(1));
        boolean plain = (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || UNRESERVED.indexOf(c) >= 0;
        return Matcher.quoteReplacement(
                plain ? String.valueOf(c) : escape.group().toUpperCase(Locale.ROOT));
    }

    /** The essence and the charset; a multipart boundary differs from try to try. */
    static String mediaType(String value) {
        int semicolon = value.indexOf(';');
        String essence =
                (semicolon < 0 ? value : value.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
        Matcher charset = CHARSET.matcher(value);
        return charset.find() ? essence + ";charset=" + charset.group(1).toLowerCase(Locale.ROOT) : essence;
    }
}
