package io.gatewright.reference;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** Paths as they are compared: percent-encoded letters decoded, dot segments resolved (RFC 3986, 6.2.2), slashes merged. */
final class PathForm {
    private static final String UNRESERVED_MARKS = "-._~";

    private PathForm() {}

    /** The path without its query, or empty when it hides a slash or carries a fragment. */
    static Optional<String> of(String target) {
        int query = target.indexOf('?');
        String path = query < 0 ? target : target.substring(0, query);
        String lower = path.toLowerCase(java.util.Locale.ROOT);
        if (!path.startsWith("/") || lower.contains("%2f") || lower.contains("%5c") || target.contains("#")) {
            return Optional.empty();
        }
        return Optional.of(resolve(decode(path)));
    }

    private static String decode(String path) {
        StringBuilder decoded = new StringBuilder();
        for (int i = 0; i < path.length(); i++) {
            int code = path.charAt(i) == '%' && i + 2 < path.length() ? hex(path.substring(i + 1, i + 3)) : -1;
            if (code >= 0 && code < 128 && unreserved((char) code)) {
                decoded.append((char) code);
                i += 2;
            } else {
                decoded.append(path.charAt(i));
            }
        }
        return decoded.toString();
    }

    private static int hex(String digits) {
        return digits.matches("[0-9A-Fa-f]{2}") ? Integer.parseInt(digits, 16) : -1;
    }

    private static boolean unreserved(char c) {
        return Character.isLetterOrDigit(c) || UNRESERVED_MARKS.indexOf(c) >= 0;
    }

    private static String resolve(String path) {
        String[] segments = path.split("/", -1);
        Deque<String> kept = new ArrayDeque<>();
        boolean slashAtEnd = false;
        for (String segment : segments) {
            slashAtEnd = segment.isEmpty() || segment.equals(".") || segment.equals("..");
            if (segment.equals("..")) {
                kept.pollLast();
            } else if (!slashAtEnd) {
                kept.addLast(segment);
            }
        }
        String joined = "/" + String.join("/", kept);
        return slashAtEnd && !kept.isEmpty() ? joined + "/" : joined;
    }
}
