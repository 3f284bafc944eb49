package io.gatewright.guard;

import java.util.regex.Pattern;

/** The paths that a module may take for one resource, as one. Two resources that meet here only wait for each other. Stateless. */
final class ResourcePath {
    private static final Pattern SLASHES = Pattern.compile("/{2,}");

    private ResourcePath() {}

    /** @param path as sent, without query */
    static String of(String path) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            int octet = c == '%' && i + 2 < path.length() ? hex(path.charAt(i + 1), path.charAt(i + 2)) : -1;
            plain.append(octet < 0 ? c : (char) octet);
            i += octet < 0 ? 0 : 2;
        }
        String merged = SLASHES.matcher(plain).replaceAll("/");
        return merged.length() > 1 && merged.endsWith("/") ? merged.substring(0, merged.length() - 1) : merged;
    }

    private static int hex(char high, char low) {
        int upper = Character.digit(high, 16);
        int lower = Character.digit(low, 16);
        return upper < 0 || lower < 0 ? -1 : upper << 4 | lower;
    }
}
