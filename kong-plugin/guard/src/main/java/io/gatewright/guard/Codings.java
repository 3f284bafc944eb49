package io.gatewright.guard;

import io.gatewright.guard.http.Octets;
import io.gatewright.guard.http.Reply;
import io.gatewright.guard.http.RequestHead;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * The coding of a kept answer (RFC 9110 §8.4). It was chosen for the first request, and the program that retries need not be the
 * one that asked first. Stateless.
 */
final class Codings {
    /** Of an answer without its coding: a small one may stand for gigabytes. */
    static final int MOST_BYTES = 4 << 20;

    private static final Set<String> GZIP = Set.of("gzip", "x-gzip");
    private static final Pattern NEVER = Pattern.compile(";\\s*q\\s*=\\s*0(\\.0*)?\\s*$");

    private Codings() {}

    /**
     * The reply without gzip for a client that does not name it in Accept-Encoding. As it is when it has another coding, is no
     * gzip in truth, or is larger than {@link #MOST_BYTES} without it.
     */
    static Reply readable(Reply reply, RequestHead head) {
        String coding = String.join(",", reply.fields().all("content-encoding")).strip();
        if (!GZIP.contains(coding.toLowerCase(Locale.ROOT))
                || takesGzip(head.fields().all("accept-encoding"))) {
            return reply;
        }
        return inflated(reply.body())
                .map(plain -> new Reply(reply.status(), reply.fields().without(Set.of("content-encoding")), plain))
                .orElse(reply);
    }

    /** What names gzip counts before a star (RFC 9110 §12.5.3). */
    private static boolean takesGzip(List<String> lines) {
        List<String> ranges = Arrays.stream(
                        String.join(",", lines).toLowerCase(Locale.ROOT).split(",", -1))
                .map(String::strip)
                .toList();
        return ranges.stream()
                .filter(range -> GZIP.contains(name(range)))
                .findFirst()
                .or(() ->
                        ranges.stream().filter(range -> name(range).equals("*")).findFirst())
                .filter(range -> !NEVER.matcher(range).find())
                .isPresent();
    }

    private static String name(String range) {
        int semicolon = range.indexOf(';');
        return (semicolon < 0 ? range : range.substring(0, semicolon)).strip();
    }

    private static Optional<Octets> inflated(Octets body) {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body.bytes()))) {
            byte[] plain = in.readNBytes(MOST_BYTES + 1);
            return plain.length <= MOST_BYTES ? Optional.of(Octets.of(plain)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // the client gets what the first one got
        }
    }
}
