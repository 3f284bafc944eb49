package io.gatewright.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The sample registry {@code freshplan.json}: eight modules, two orgs, three tenants, their issuer, one public listener,
 * and settings. Stateless.
 */
public final class SampleRegistry {
    /** The tenants, in the file's order. */
    public static final String TENANT_A = "frischwerk-de";

    public static final String TENANT_B = "frischwerk-at";
    public static final String TENANT_C = "gruenkost-de";

    private SampleRegistry() {}

    /** The file as it is, in the form that {@code gatewright apply} takes. */
    public static ObjectNode template() {
        try (InputStream file = SampleRegistry.class.getResourceAsStream("/freshplan.json")) {
            if (file == null) {
                throw new IllegalStateException("freshplan.json is missing on the class path");
            }
            return (ObjectNode) new ObjectMapper().readTree(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The file with this machine's addresses.
     *
     * @param endpoint {@code host:port} of the upstream of every module
     * @param issuer URL of the issuer
     * @param listenerPort port of the public listener
     */
    public static ObjectNode at(String endpoint, String issuer, int listenerPort) {
        ObjectNode file = template();
        for (JsonNode document : file.path("documents")) {
            ObjectNode body = (ObjectNode) document.path("body");
            switch (document.path("kind").asText()) {
                case "module" -> {
                    ArrayNode endpoints = ((ObjectNode) body.path("upstream")).putArray("endpoints");
                    endpoints.add(endpoint);
                }
                case "issuer" -> body.put("issuer", issuer);
                case "listener" -> body.put("port", listenerPort);
                default -> {}
            }
        }
        return file;
    }
}
