package io.gatewright.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatewright.demo.StubIssuer;
import io.gatewright.settings.BodyFormat;
import io.gatewright.settings.Document;
import io.gatewright.settings.DocumentKey;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Problem;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Documents as the API would read them. Stateless. */
final class Documents {
    static final String AUDIENCE = "gatewright-api";
    private static final ObjectMapper JSON = new ObjectMapper();

    private Documents() {}

    static Document of(Kind kind, String id, String body) {
        List<Problem> problems = new ArrayList<>();
        DocumentKey key = new DocumentKey(kind, id);
        Document document = new Document(key, 1, BodyFormat.read(key, tree(body), problems));
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(problems.toString());
        }
        return document;
    }

    static Document org(String id) {
        return of(Kind.ORG, id, "{\"name\":\"%s\"}".formatted(id));
    }

    /** An active tenant of the org {@code acme}. */
    static Document tenant(String id, String... hosts) {
        return of(Kind.TENANT, id, "{\"org\":\"acme\",\"hosts\":%s}".formatted(list(hosts)));
    }

    static Document tenantOf(String org, String id) {
        return of(Kind.TENANT, id, "{\"org\":\"%s\"}".formatted(org));
    }

    static Document suspended(String id) {
        return of(Kind.TENANT, id, "{\"org\":\"acme\",\"status\":\"suspended\"}");
    }

    static Document module(String id, String prefix, String endpoint, String... routes) {
        return of(
                Kind.MODULE,
                id,
                "{\"prefix\":\"%s\",\"upstream\":{\"endpoints\":[\"%s\"]},\"routes\":[%s]}"
                        .formatted(prefix, endpoint, String.join(",", routes)));
    }

    static String route(String name, String method, String path) {
        return "{\"name\":\"%s\",\"methods\":[\"%s\"],\"path\":\"%s\"}".formatted(name, method, path);
    }

    static Document listener(String id, int port) {
        return of(Kind.LISTENER, id, "{\"address\":\"127.0.0.1\",\"port\":%d}".formatted(port));
    }

    static Document listener(String id, int port, String tenant) {
        return of(
                Kind.LISTENER, id, "{\"address\":\"127.0.0.1\",\"port\":%d,\"tenant\":\"%s\"}".formatted(port, tenant));
    }

    /** @param certificate a directory with {@code tls.crt} and {@code tls.key} */
    static Document listener(String id, int port, String tenant, Path certificate) {
        return of(
                Kind.LISTENER,
                id,
                "{\"address\":\"127.0.0.1\",\"port\":%d,\"tenant\":\"%s\",\"certificate\":\"%s\"}"
                        .formatted(port, tenant, certificate));
    }

    static Document issuer(String id, StubIssuer issuer) {
        return of(
                Kind.ISSUER,
                id,
                "{\"issuer\":\"%s\",\"audiences\":[\"%s\"]}".formatted(issuer.url(), issuer.audience()));
    }

    static Document issuer(String id, StubIssuer issuer, String tenant) {
        return of(
                Kind.ISSUER,
                id,
                "{\"issuer\":\"%s\",\"audiences\":[\"%s\"],\"tenant\":\"%s\"}"
                        .formatted(issuer.url(), issuer.audience(), tenant));
    }

    /** The public keys of an issuer, as the control plane would have fetched them. */
    static Document signingKeys(String id, StubIssuer issuer) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            String keys = http.send(
                            HttpRequest.newBuilder(URI.create(issuer.url() + "/jwks"))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
            return of(Kind.SIGNING_KEYS, id, keys);
        }
    }

    /** @param scope such as {@code tenant=a} or {@code global,module=orders} */
    static Document setting(String scope, String key, String json) {
        return of(Kind.SETTING, scope + "/" + key, "{\"value\":%s}".formatted(json));
    }

    static String list(String... entries) {
        return Arrays.stream(entries).map(entry -> "\"" + entry + "\"").collect(Collectors.joining(",", "[", "]"));
    }

    private static JsonNode tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(json, e);
        }
    }
}
