package io.gatewright.server.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatewright.server.preview.Bearer;
import io.gatewright.server.preview.Sample;
import io.gatewright.settings.Problem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads one sample request of a preview; what is wrong goes to the problems. */
record SampleForm(JsonNode json, String place, List<Problem> problems) {
    private static final List<String> FIELDS =
            List.of("method", "url", "headers", "bodyBytes", "as", "token", "listener");
    private static final Pattern METHOD = Pattern.compile("[A-Z]{1,20}");
    private static final Pattern URL = Pattern.compile("https?://([^/?#\\s]+)((?:/|\\?)\\S*)?");
    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}");
    private static final Pattern BEARER = Pattern.compile("(?i:bearer) +(\\S+)");
    private static final String ANYBODY = "somebody";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    Sample read() {
        ChangesetsResource.requireKnown(json, place + ".", FIELDS, problems);
        String method = text("method", METHOD, "GET", "write the HTTP method in capitals");
        Matcher url = URL.matcher(json.path("url").asText());
        if (!url.matches()) {
            add("url", "is not the URL of a request", "write it as https://host/path");
        }
        String rest = url.matches() && url.group(2) != null ? url.group(2) : "/";
        Map<String, List<String>> headers = headers();
        return new Sample(
                method,
                url.matches() ? url.group(1) : "",
                rest.startsWith("/") ? rest : "/" + rest,
                headers,
                bodyBytes(),
                bearer(headers),
                json.path("listener").textValue());
    }

    private void add(String field, String message, String fix) {
        problems.add(new Problem(place + "." + field, message, fix));
    }

    private String text(String field, Pattern form, String otherwise, String fix) {
        JsonNode value = json.path(field);
        if (value.isMissingNode()) {
            return otherwise;
        }
        if (!value.isTextual() || !form.matcher(value.textValue()).matches()) {
            add(field, "is not understood", fix);
        }
        return value.asText();
    }

    private long bodyBytes() {
        JsonNode bytes = json.path("bodyBytes");
        if (!bytes.isMissingNode()
                && (!bytes.canConvertToExactIntegral() || !bytes.canConvertToLong() || bytes.longValue() < 0)) {
            add("bodyBytes", "is not a size", "write the number of bytes of the body");
        }
        return bytes.asLong();
    }

    private Map<String, List<String>> headers() {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        JsonNode object = json.path("headers");
        if (!object.isMissingNode() && !object.isObject()) {
            add("headers", "is not an object", "write {\"name\": \"value\"}, or a list for several lines");
        }
        object.properties().forEach(header -> {
            if (!HEADER.matcher(header.getKey()).matches() || header.getKey().equalsIgnoreCase("host")) {
                add("headers", header.getKey() + " cannot be sent", "use header names; the host stands in the url");
            }
            List<String> lines = new ArrayList<>();
            (header.getValue().isArray() ? header.getValue() : List.of(header.getValue()))
                    .forEach(line -> lines.add(line.asText()));
            headers.put(header.getKey(), lines);
        });
        return headers;
    }

    /** Takes the Authorization header out of the others. */
    private Bearer bearer(Map<String, List<String>> headers) {
        List<String> sent = new ArrayList<>();
        headers.entrySet()
                .removeIf(header -> header.getKey().toLowerCase(Locale.ROOT).equals("authorization")
                        && sent.addAll(header.getValue()));
        int ways = (sent.isEmpty() ? 0 : 1) + (json.has("as") ? 1 : 0) + (json.has("token") ? 1 : 0);
        if (ways > 1) {
            add("token", "is said in several ways", "use one of as, token and the header Authorization");
        }
        if (json.has("as")) {
            return as(json.get("as"));
        }
        if (json.has("token")) {
            return token(json.get("token"));
        }
        return sent.isEmpty() ? new Bearer.None() : jwt(String.join(",", sent));
    }

    private Bearer as(JsonNode as) {
        JsonNode tenant = as.isTextual() ? as : as.path("tenant");
        if (!tenant.isTextual()) {
            add("as", "names no tenant", "write the id of a tenant, or {\"tenant\": …, \"actor\": …}");
        }
        return new Bearer.Of(tenant.asText(), as.path("actor").asText(ANYBODY));
    }

    private Bearer token(JsonNode token) {
        if (token.isObject()) {
            return new Bearer.Payload(token);
        }
        if (!token.asText().equals("invalid")) {
            add(
                    "token",
                    "is neither the claims of a token nor invalid",
                    "write {\"iss\": …, \"aud\": …, …} or \"invalid\"");
        }
        return new Bearer.Invalid();
    }

    private Bearer jwt(String authorization) {
        Matcher bearer = BEARER.matcher(authorization);
        if (!bearer.matches()) {
            add("headers", "Authorization carries no bearer token", "write Bearer and the token");
            return new Bearer.Invalid();
        }
        JsonNode payload = payload(bearer.group(1));
        return payload == null ? new Bearer.Invalid() : new Bearer.Payload(payload);
    }

    /** The claims of a JSON Web Token (RFC 7515, compact form), or null when it is none. */
    private static @Nullable JsonNode payload(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            return null;
        }
        try {
            JsonNode payload = MAPPER.readTree(Base64.getUrlDecoder().decode(parts[1]));
            return payload.isObject() ? payload : null;
        } catch (JsonProcessingException | IllegalArgumentException e) {
            return null;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("bytes in memory cannot be read", e);
        }
    }
}
