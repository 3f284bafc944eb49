package io.gatewright.guard;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A client's key, without quotes: {@code "k"} and {@code k} are the same one (draft-ietf-httpapi-idempotency-key-header
 * §2.1 has a String of RFC 9651, most clients send it bare). Immutable.
 */
record IdempotencyKey(String value) {
    static final int SHORTEST = 16;
    static final int LONGEST = 255;

    private static final Pattern UUID = Pattern.compile("[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}");
    private static final Pattern UUID_V7 =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-7[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}");
    private static final Pattern ULID = Pattern.compile("[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}");
    private static final String CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final int ULID_TIME_CHARACTERS = 10;

    /** What the header's lines come to. */
    sealed interface Read {
        record Good(IdempotencyKey key) implements Read {}

        /** The reason says what is wrong and how to send it right. */
        record Malformed(String reason) implements Read {}
    }

    /**
     * Reads it.
     *
     * @param lines at least one
     * @param format {@code any}, {@code uuid} or {@code time-ordered}
     */
    static Read read(List<String> lines, String format) {
        if (lines.size() != 1) {
            return new Read.Malformed("Idempotency-Key is there " + lines.size() + " times; send it once.");
        }
        Optional<String> value = unquoted(strip(lines.getFirst()));
        if (value.isEmpty()) {
            return new Read.Malformed(
                    "Idempotency-Key is neither a quoted string nor a bare word; send printable ASCII without spaces, such as a UUID.");
        }
        String key = value.get();
        if (key.length() < SHORTEST || key.length() > LONGEST) {
            return new Read.Malformed("Idempotency-Key has " + key.length() + " characters; send " + SHORTEST + " to "
                    + LONGEST + ", such as a UUID.");
        }
        IdempotencyKey read = new IdempotencyKey(key);
        return switch (format) {
            case "uuid" ->
                UUID.matcher(key).matches()
                        ? new Read.Good(read)
                        : new Read.Malformed("Idempotency-Key must be a UUID here.");
            case "time-ordered" ->
                read.mintedAt(format).isPresent()
                        ? new Read.Good(read)
                        : new Read.Malformed("Idempotency-Key must be a UUID of version 7 or a ULID here.");
            default -> new Read.Good(read);
        };
    }

    /** Spaces and tabs around a field's value are no part of it (RFC 9110 §5.5). */
    private static String strip(String value) {
        int from = 0;
        int to = value.length();
        while (from < to && isBlank(value.charAt(from))) {
            from++;
        }
        while (to > from && isBlank(value.charAt(to - 1))) {
            to--;
        }
        return value.substring(from, to);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private static Optional<String> unquoted(String value) {
        boolean quoted = value.startsWith("\"");
        if (quoted && (value.length() < 2 || !value.endsWith("\""))) {
            return Optional.empty();
        }
        StringBuilder key = new StringBuilder();
        int end = quoted ? value.length() - 1 : value.length();
        for (int i = quoted ? 1 : 0; i < end; i++) {
            char c = value.charAt(i);
            if (quoted && c == '\\') {
                i++;
                if (i == end || (value.charAt(i) != '"' && value.charAt(i) != '\\')) {
                    return Optional.empty();
                }
                c = value.charAt(i);
            } else if (c == '"' || (!quoted && (c == '\\' || c == ','))) {
                return Optional.empty(); // the end of a string with something behind it, or two keys joined to a list
            }
            if (c < '!' || c > '~') {
                return Optional.empty();
            }
            key.append(c);
        }
        return Optional.of(key.toString());
    }

    /**
     * When it was made, by the client's clock, if it is a UUIDv7 (RFC 9562 §5.7), or a ULID where only keys with a time are
     * taken: elsewhere it may be any word of 26 characters.
     */
    Optional<Instant> mintedAt(String format) {
        if (UUID_V7.matcher(value).matches()) {
            return Optional.of(
                    Instant.ofEpochMilli(Long.parseLong(value.substring(0, 8) + value.substring(9, 13), 16)));
        }
        if (format.equals("time-ordered") && ULID.matcher(value).matches()) {
            BigInteger millis = BigInteger.ZERO;
            for (char c : value.substring(0, ULID_TIME_CHARACTERS)
                    .toUpperCase(java.util.Locale.ROOT)
                    .toCharArray()) {
                millis = millis.shiftLeft(5).or(BigInteger.valueOf(CROCKFORD.indexOf(c)));
            }
            return Optional.of(Instant.ofEpochMilli(millis.longValueExact()));
        }
        return Optional.empty();
    }
}
