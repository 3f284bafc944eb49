package io.gatewright.xds;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the free text of a rejection. It may hold whole resources, secrets included, as protobuf text or JSON. */
final class NackText {
    static final int MAX_LENGTH = 300;

    /** Where the text of a resource begins: after a validation error, at a line end, a brace, or a quoted protobuf field. */
    private static final Pattern RESOURCE_TEXT =
            Pattern.compile("(?<=\\))(?<=validation failed.{0,2000}): |[\\r\\n{]|\\b[a-z_]+: ?[\"<]");

    private static final Pattern NOT_PRINTABLE = Pattern.compile("[\\p{Cntrl}\\s]+");
    private static final String NAME_CHARACTERS = "-_.:/@#";

    private NackText() {}

    /** The part before the text of a resource: one line, at most {@value #MAX_LENGTH} characters. */
    static String reason(String text) {
        String head = text.length() > 4000 ? text.substring(0, 4000) : text;
        Matcher resource = RESOURCE_TEXT.matcher(head);
        String reason = oneLine(resource.find() ? head.substring(0, resource.start()) : head);
        return reason.isEmpty() ? "the node gave no reason apart from the resource's text" : reason;
    }

    static String oneLine(String text) {
        String line = NOT_PRINTABLE.matcher(text).replaceAll(" ").strip();
        return line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH);
    }

    /** Whether the text mentions this name, and not only a longer one that contains it. */
    static boolean mentions(String text, String name) {
        for (int at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
            if (!inName(text, at - 1) && !continuesName(text, at + name.length())) {
                return true;
            }
        }
        return false;
    }

    private static boolean inName(String text, int at) {
        return at >= 0
                && at < text.length()
                && (Character.isLetterOrDigit(text.charAt(at)) || NAME_CHARACTERS.indexOf(text.charAt(at)) >= 0);
    }

    /** "a: reason" and "a." end the name a; "a.b" and "a:80" go on with it. */
    private static boolean continuesName(String text, int at) {
        boolean punctuation = at < text.length() && (text.charAt(at) == ':' || text.charAt(at) == '.');
        return inName(text, at) && (!punctuation || inName(text, at + 1));
    }
}
