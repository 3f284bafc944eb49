package io.gatewright.kong;

import java.util.Locale;

/** Who verifies tokens on a Kong. Immutable. */
public enum Profile {
    /** The plugins of Gatewright: the same decisions as on Envoy. */
    FULL,
    /** Plugins that come with Kong. Weaker: see {@link NativeIdentity}. */
    NATIVE;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
