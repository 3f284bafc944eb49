package io.gatewright.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.envoybootstrap.Ports;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A real Keycloak of its own on loopback, in memory, with the realm {@code freshplan}. One thread at a time. */
final class Keycloak implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration START = Duration.ofMinutes(5);
    private static final String FORM = "application/x-www-form-urlencoded";

    private final int port = Ports.free();
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final Process process;

    /**
     * Starts it and waits until it knows the realm.
     *
     * @param home the unpacked distribution; the realm file is put into it
     * @param log gets what it says
     */
    Keycloak(Path home, Path log) throws IOException {
        Path imports = Files.createDirectories(home.resolve("data/import"));
        try (InputStream realm = Keycloak.class.getResourceAsStream("realm-freshplan.json")) {
            Files.write(imports.resolve("realm-freshplan.json"), realm.readAllBytes());
        }
        ProcessBuilder builder = new ProcessBuilder(
                "bash",
                home.resolve("bin/kc.sh").toString(),
                "start-dev",
                "--db=dev-mem",
                "--cache=local",
                "--http-host=127.0.0.1",
                "--http-port=" + port,
                "--http-management-port=" + Ports.free(),
                "--import-realm");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("KC_BOOTSTRAP_ADMIN_USERNAME", "admin");
        builder.environment().put("KC_BOOTSTRAP_ADMIN_PASSWORD", "admin");
        process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        Waiting.until("Keycloak knows its realm, see " + log, START, () -> {
            if (!process.isAlive()) {
                throw new AssertionError("Keycloak ended, see " + log);
            }
            return send(HttpRequest.newBuilder(URI.create(issuer() + "/.well-known/openid-configuration")))
                            .statusCode()
                    == 200;
        });
    }

    /** The realm's issuer. */
    String issuer() {
        return "http://127.0.0.1:" + port + "/realms/freshplan";
    }

    /** An access token of the client {@code freshplan-api} for itself, by the client credentials grant. */
    String token() throws IOException {
        return token(
                "freshplan",
                "grant_type=client_credentials&client_id=freshplan-api&client_secret=CHANGE-ME-dev-only",
                "access_token");
    }

    /** The ID token of the user alice, which is no access token. */
    String idToken() throws IOException {
        return token(
                "freshplan",
                "grant_type=password&client_id=freshplan-api&client_secret=CHANGE-ME-dev-only"
                        + "&username=alice&password=alice&scope=openid",
                "id_token");
    }

    private String token(String realm, String form, String name) throws IOException {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port + "/realms/" + realm + "/protocol/openid-connect/token"))
                .header("content-type", FORM)
                .POST(BodyPublishers.ofString(form)));
        return json(answer).path(name).asText();
    }

    /** Adds a key that is published and, unless {@code active}, does not sign. Returns its component's id. */
    String addKey(String name, boolean active) throws IOException {
        ObjectNode component = JSON.createObjectNode()
                .put("name", name)
                .put("providerId", "rsa-generated")
                .put("providerType", "org.keycloak.keys.KeyProvider");
        ObjectNode config = component.putObject("config");
        config.putArray("priority").add("200");
        config.putArray("enabled").add("true");
        config.putArray("active").add(Boolean.toString(active));
        config.putArray("algorithm").add("RS256");
        HttpResponse<String> answer = admin("POST", "/components", component.toString());
        if (answer.statusCode() != 201) {
            throw new AssertionError("Keycloak answered " + answer.statusCode() + ": " + answer.body());
        }
        String location = answer.headers().firstValue("location").orElseThrow();
        return location.substring(location.lastIndexOf('/') + 1);
    }

    /** Signs with that key from now on. */
    void activate(String component) throws IOException {
        ObjectNode body = (ObjectNode) json(admin("GET", "/components/" + component, ""));
        ((ObjectNode) body.path("config")).putArray("active").add("true");
        admin("PUT", "/components/" + component, body.toString());
    }

    /** The id of the key that signs tokens now. */
    String signingKey() throws IOException {
        return json(admin("GET", "/keys", "")).at("/active/RS256").asText();
    }

    /** The component that holds a key. */
    String componentOf(String kid) throws IOException {
        for (JsonNode key : json(admin("GET", "/keys", "")).path("keys")) {
            if (key.path("kid").asText().equals(kid)) {
                return key.path("providerId").asText();
            }
        }
        throw new AssertionError("Keycloak has no key " + kid);
    }

    /** The id of a component's key. */
    String keyOf(String component) throws IOException {
        for (JsonNode key : json(admin("GET", "/keys", "")).path("keys")) {
            if (key.path("providerId").asText().equals(component)) {
                return key.path("kid").asText();
            }
        }
        throw new AssertionError("Keycloak has no component " + component);
    }

    /** Takes a key away at once. */
    void remove(String component) throws IOException {
        admin("DELETE", "/components/" + component, "");
    }

    private HttpResponse<String> admin(String method, String path, String body) throws IOException {
        String token = token(
                "master", "grant_type=password&client_id=admin-cli&username=admin&password=admin", "access_token");
        return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/admin/realms/freshplan" + path))
                .header("authorization", "Bearer " + token)
                .header("content-type", "application/json")
                .method(method, BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
        try {
            return http.send(request.timeout(Duration.ofSeconds(30)).build(), BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while asking Keycloak", e);
        }
    }

    private static JsonNode json(HttpResponse<String> answer) throws JsonProcessingException {
        if (answer.statusCode() != 200) {
            throw new AssertionError("Keycloak answered " + answer.statusCode() + ": " + answer.body());
        }
        return JSON.readTree(answer.body());
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        http.close();
    }
}
