package io.gatewright.guard;

import io.gatewright.guard.http.Octets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;

/** Secrets as operators write them: base64, newest first, separated by commas. Stateless; no complaint holds a part of one. */
public final class Secrets {
    private static final String MAKE_ONE = "openssl rand -base64 32";

    private Secrets() {}

    /**
     * Reads them.
     *
     * @param name of the variable or flag, for complaints
     * @param problems gets a sentence for each that cannot serve
     * @return those that are base64, none when the text is blank
     */
    public static List<Octets> read(String name, String text, Consumer<String> problems) {
        List<Octets> secrets = new ArrayList<>();
        for (String part : List.of(text.split(",", -1))) {
            if (!part.isBlank()) {
                try {
                    Octets secret = Octets.of(Base64.getDecoder().decode(part.strip()));
                    if (secret.size() < Pepper.SHORTEST) {
                        problems.accept(name + " has " + secret.size() + " octets; give at least " + Pepper.SHORTEST
                                + ", from " + MAKE_ONE + ".");
                    }
                    secrets.add(secret);
                } catch (IllegalArgumentException e) {
                    problems.accept(name + " is not base64; make one by " + MAKE_ONE + ".");
                }
            }
        }
        return secrets;
    }
}
