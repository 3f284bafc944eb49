package io.gatewright.kong;

import io.gatewright.settings.Body.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * What a bundle is made for. Immutable.
 *
 * @param redis where Kongs count limits together; null: each Kong counts alone, whatever the settings say
 */
public record Target(Profile profile, @Nullable Endpoint redis) {
    public static final Target FULL = new Target(Profile.FULL, null);
    public static final Target NATIVE = new Target(Profile.NATIVE, null);
}
