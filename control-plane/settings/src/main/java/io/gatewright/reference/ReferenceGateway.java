package io.gatewright.reference;

import io.gatewright.settings.Settings;

/**
 * Decides what both gateways must do with a request. Thread-safe: a pure function.
 *
 * <p>In this order, the first that applies answers: the request is malformed (400) or its headers are too large (431); it is
 * a preflight that the policy answers; the token does not hold (401) or is for another audience (403); no tenant is found
 * (401 without a token, else 404); the tenant is suspended (403); a token is required (401); token, header and listener do
 * not name the same tenant (403); a required header is missing (400); the body is too large (413); no module serves the
 * path (404). What is left is passed on with the identity headers.
 */
public final class ReferenceGateway {
    private ReferenceGateway() {}

    public static Verdict decide(Settings settings, SampleRequest request) {
        return new Passage(settings, request).verdict();
    }
}
