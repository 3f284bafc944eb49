package io.gatewright.reference;

import io.gatewright.settings.Given;
import io.gatewright.settings.Settings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Requests for tests, written short. Immutable. */
record Asked(SampleRequest request) {

    static Asked get(String path) {
        return of("GET", path);
    }

    static Asked of(String method, String path) {
        return new Asked(new SampleRequest(
                method, "gateway.example", path, Map.of(), 0, new Token.None(), /* listener= */ null));
    }

    /** A page that asks beforehand. */
    static Asked preflight(String host, String path, String origin) {
        return of("OPTIONS", path).host(host).with("origin", origin).with("access-control-request-method", "PUT");
    }

    Asked host(String host) {
        return new Asked(new SampleRequest(
                request.method(),
                host,
                request.path(),
                request.headers(),
                request.bodyBytes(),
                request.token(),
                request.listener()));
    }

    Asked with(String name, String value) {
        Map<String, List<String>> headers = new LinkedHashMap<>(request.headers());
        List<String> lines = new ArrayList<>(headers.getOrDefault(name, List.of()));
        lines.add(value);
        headers.put(name, lines);
        return new Asked(new SampleRequest(
                request.method(),
                request.host(),
                request.path(),
                headers,
                request.bodyBytes(),
                request.token(),
                request.listener()));
    }

    Asked sized(long bytes) {
        return new Asked(new SampleRequest(
                request.method(),
                request.host(),
                request.path(),
                request.headers(),
                bytes,
                request.token(),
                request.listener()));
    }

    Asked by(Token token) {
        return new Asked(new SampleRequest(
                request.method(),
                request.host(),
                request.path(),
                request.headers(),
                request.bodyBytes(),
                token,
                request.listener()));
    }

    /** With a good token of the issuer {@code main} for alice of that tenant. */
    Asked as(String tenant) {
        return by(token("main", "orders", "{\"sub\":\"alice\",\"tenant_id\":\"" + tenant + "\"}"));
    }

    static Token token(String issuer, String audience, String claims) {
        return new Token.Verified(issuer, List.of(audience), Given.json(claims));
    }

    Asked on(String listener) {
        return new Asked(new SampleRequest(
                request.method(),
                request.host(),
                request.path(),
                request.headers(),
                request.bodyBytes(),
                request.token(),
                listener));
    }

    Verdict under(Settings settings) {
        return ReferenceGateway.decide(settings, request);
    }

    /** Status and problem. */
    String answer(Settings settings) {
        Verdict verdict = under(settings);
        return verdict.problem() == null
                ? String.valueOf(verdict.status())
                : verdict.status() + " " + verdict.problem();
    }
}
