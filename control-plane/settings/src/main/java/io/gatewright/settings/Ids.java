package io.gatewright.settings;

import java.util.regex.Pattern;

/** The form of ids: {@code [a-z0-9][a-z0-9-]{0,62}}. */
public final class Ids {
    private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

    private Ids() {}

    public static boolean valid(String id) {
        return FORM.matcher(id).matches();
    }
}
