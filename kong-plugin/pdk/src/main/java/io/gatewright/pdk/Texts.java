package io.gatewright.pdk;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Bytes on the wire and text in Java. */
final class Texts {
    private Texts() {}

    /** UTF-8 if it is that, else one character for each byte. */
    static String text(ByteString bytes) {
        return bytes.isValidUtf8() ? bytes.toStringUtf8() : bytes.toString(StandardCharsets.ISO_8859_1);
    }

    static Optional<String> optional(ByteString bytes) {
        return bytes.isEmpty() ? Optional.empty() : Optional.of(text(bytes));
    }

    static List<String> texts(List<ByteString> bytes) {
        return bytes.stream().map(Texts::text).toList();
    }

    /** A header's value: one character for each byte, so that every value survives. */
    static String header(ByteString bytes) {
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    static ByteString headerName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c <= ' ' || c >= 0x7f || "\"(),/:;<=>?@[\\]{}".indexOf(c) >= 0) {
                throw new IllegalArgumentException(
                        "'%s' is no name of a header: %s (RFC 9110, 5.6.2)".formatted(escaped(name), at(i)));
            }
        }
        if (name.isEmpty()) {
            throw new IllegalArgumentException("The name of a header is empty");
        }
        return ByteString.copyFrom(name, StandardCharsets.ISO_8859_1);
    }

    static ByteString headerValue(String name, String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\r' || c == '\n' || c == 0) {
                throw new IllegalArgumentException(
                        "The value of header %s has a line break or NUL, %s; take it out".formatted(name, at(i)));
            }
            if (c > 0xff) {
                throw new IllegalArgumentException(
                        "The value of header %s has a character outside of ISO-8859-1, %s; encode it (RFC 8187)"
                                .formatted(name, at(i)));
            }
        }
        return ByteString.copyFrom(value, StandardCharsets.ISO_8859_1);
    }

    /** As one line of a log. */
    static String escaped(String text) {
        return text.replace("\r", "\\r").replace("\n", "\\n");
    }

    private static String at(int index) {
        return "at position " + index;
    }
}
