package io.gatewright.pdk;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Set;

/** {@code kong.service.request}: the request as the upstream will see it. In rewrite and access. One thread at a time. */
public final class ServiceRequest {
    private static final Set<String> METHODS = Set.of(
            "GET",
            "HEAD",
            "PUT",
            "POST",
            "DELETE",
            "OPTIONS",
            "MKCOL",
            "COPY",
            "MOVE",
            "PROPFIND",
            "PROPPATCH",
            "LOCK",
            "UNLOCK",
            "PATCH",
            "TRACE");

    private final Calls calls;

    ServiceRequest(Calls calls) {
        this.calls = calls;
    }

    /** Sets the scheme: {@code http} or {@code https}. */
    public void setScheme(String scheme) {
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new IllegalArgumentException("Scheme '" + Texts.escaped(scheme) + "' is neither http nor https");
        }
        calls.send(Method.SERVICE_REQUEST_SET_SCHEME, Ask.textArg(scheme));
    }

    /** Sets the path, without a query; it begins with a slash. */
    public void setPath(String path) {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("Path '" + Texts.escaped(path) + "' does not begin with a slash");
        }
        calls.send(Method.SERVICE_REQUEST_SET_PATH, Ask.textArg(path));
    }

    /** Sets the query, without its question mark. */
    public void setRawQuery(String query) {
        calls.send(Method.SERVICE_REQUEST_SET_RAW_QUERY, Ask.textArg(query));
    }

    /** Sets the query; Kong sorts it by name. Values are text, {@code true}, or lists of these. */
    public void setQuery(Value.Table query) {
        calls.send(Method.SERVICE_REQUEST_SET_QUERY, query.toWire().getStructValue());
    }

    /** Sets the method, one of those that nginx knows. */
    public void setMethod(String method) {
        if (!METHODS.contains(method)) {
            throw new IllegalArgumentException("Method '%s' is none that Kong can set: %s"
                    .formatted(Texts.escaped(method), METHODS.stream().sorted().toList()));
        }
        calls.send(Method.SERVICE_REQUEST_SET_METHOD, Ask.textArg(method));
    }

    /** Sets a header, in place of all its values. */
    public void setHeader(String name, String value) {
        calls.send(Method.SERVICE_REQUEST_SET_HEADER, Response.header(name, List.of(value)));
    }

    /** Sets a header with several values, at least one. */
    public void setHeader(String name, List<String> values) {
        calls.send(Method.SERVICE_REQUEST_SET_HEADER, Response.header(name, values));
    }

    /** Adds a value to a header. */
    public void addHeader(String name, String value) {
        calls.send(Method.SERVICE_REQUEST_ADD_HEADER, Response.header(name, List.of(value)));
    }

    /** Removes a header. */
    public void clearHeader(String name) {
        calls.send(Method.SERVICE_REQUEST_CLEAR_HEADER, Ask.name(name));
    }

    /** Sets these headers, each in place of all its values; the others stay. */
    public void setHeaders(Headers headers) {
        calls.send(Method.SERVICE_REQUEST_SET_HEADERS, headers.toWire());
    }

    /** Sets the body. */
    public void setRawBody(byte[] body) {
        calls.send(Method.SERVICE_REQUEST_SET_RAW_BODY, Kong.text(ByteString.copyFrom(body)));
    }
}
