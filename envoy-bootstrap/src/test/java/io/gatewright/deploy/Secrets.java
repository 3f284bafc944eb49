package io.gatewright.deploy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Values for what the files ask for and leave out. Stateless. */
final class Secrets {
    private Secrets() {}

    /** The same value for the same name, in base64 of 32 octets at least, so that it serves as a password and as a secret. */
    static String sample(String name) {
        return Base64.getEncoder()
                .encodeToString(("a sample secret called " + name + ".........").getBytes(StandardCharsets.UTF_8));
    }
}
