package io.gatewright.kong.node;

import io.gatewright.kong.Bundle;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/**
 * Asks a Kong's proxy which bundle it serves. A post is answered before every worker serves it, so several answers in a row
 * must say the same. Thread-safe.
 */
final class Beacons {
    private static final int IN_A_ROW = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final URI proxy;
    private final HttpClient client;

    Beacons(URI proxy, HttpClient client) {
        this.proxy = proxy;
        this.client = client;
    }

    /** Whether it does by now. */
    boolean serves(Bundle bundle) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(proxy.toString().replaceFirst("/$", "") + Bundle.beaconPath()))
                .timeout(PATIENCE)
                .build();
        for (int i = 0; i < IN_A_ROW; i++) {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200 || !response.body().equals(bundle.beaconAnswer())) {
                return false;
            }
        }
        return true;
    }
}
