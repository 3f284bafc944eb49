package io.gatewright.settings;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The kinds of documents. Immutable. */
public enum Kind {
    ORG,
    TENANT,
    MODULE,
    ISSUER,
    LISTENER,
    SETTING,
    /** The public keys of an issuer. Written by the control plane when it fetches them, never by a person. */
    SIGNING_KEYS;

    /** The name in paths, files and history: lower case with hyphens. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The kind of that wire name, or empty. */
    public static Optional<Kind> of(String wireName) {
        return Arrays.stream(values())
                .filter(k -> k.wireName().equals(wireName))
                .findFirst();
    }

    /** All wire names, for messages. */
    public static String names() {
        return Arrays.stream(values()).map(Kind::wireName).collect(Collectors.joining(", "));
    }
}
