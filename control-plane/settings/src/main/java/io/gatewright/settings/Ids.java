package io.gatewright.settings;

import java.util.regex.Pattern;

/** The form of ids: {@code [a-z0-9][a-z0-9-]{0,62}}. */
public final class Ids {
    /** The form of a port, 1 to 65535. */
    static final String PORT = "([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])";

    private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

    private Ids() {}

    public static boolean valid(String id) {
        return FORM.matcher(id).matches();
    }
}
