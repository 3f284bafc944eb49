package io.gatewright.pdk;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.util.Optional;

/** Arguments of a raw query, as nginx's Lua module reads them: {@code &} between, {@code +} a space, bad escapes kept. */
final class Query {
    private Query() {}

    /** The first value; the query has one character for each byte. */
    static Optional<String> first(String rawQuery, String name) {
        for (String pair : rawQuery.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (!pair.isEmpty()
                    && decode(equals < 0 ? pair : pair.substring(0, equals)).equals(name)) {
                return Optional.of(equals < 0 ? "" : decode(pair.substring(equals + 1)));
            }
        }
        return Optional.empty();
    }

    private static String decode(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
            int low = i + 2 < text.length() ? Character.digit(text.charAt(i + 2), 16) : -1;
            if (c == '%' && high >= 0 && low >= 0) {
                bytes.write(high << 4 | low);
                i += 2;
            } else {
                bytes.write(c == '+' ? ' ' : c);
            }
        }
        return Texts.text(ByteString.copyFrom(bytes.toByteArray()));
    }
}
