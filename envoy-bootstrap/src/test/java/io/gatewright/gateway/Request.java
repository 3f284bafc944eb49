package io.gatewright.gateway;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One HTTP/1.1 request as it goes on the wire: any Host, any header any number of times. Immutable.
 *
 * @param body sent as it is, without a header that announces it
 */
record Request(String method, String path, List<String> headers, String body) {
    static Request of(String method, String path) {
        return new Request(method, path, List.of("host: gateway.test"), "");
    }

    static Request get(String path) {
        return of("GET", path);
    }

    static Request preflight(String host, String path, String origin) {
        return of("OPTIONS", path)
                .host(host)
                .with("origin", origin)
                .with("access-control-request-method", "POST")
                .with("access-control-request-headers", "authorization,content-type");
    }

    Request host(String host) {
        List<String> changed = new ArrayList<>(headers);
        changed.removeIf(line -> line.startsWith("host:"));
        changed.addFirst("host: " + host);
        return new Request(method, path, List.copyOf(changed), body);
    }

    /** One more line, also of a header that is there already. */
    Request with(String name, String value) {
        List<String> more = new ArrayList<>(headers);
        more.add(name + ": " + value);
        return new Request(method, path, List.copyOf(more), body);
    }

    Request tenant(String id) {
        return with("x-tenant-id", id);
    }

    Request token(String token) {
        return with("authorization", "Bearer " + token);
    }

    Request sized(int bytes) {
        return body("x".repeat(bytes));
    }

    /** Each character is one byte. */
    Request body(String text) {
        Request announced = with("content-length", Integer.toString(text.length()));
        return new Request(method, path, announced.headers, text);
    }

    /** The same in chunks of at most 1,000 bytes, so that nothing says beforehand how large it is. */
    Request chunked(int bytes) {
        StringBuilder chunks = new StringBuilder();
        for (int left = bytes; left > 0; left -= 1000) {
            int size = Math.min(left, 1000);
            chunks.append(Integer.toHexString(size))
                    .append("\r\n")
                    .append("x".repeat(size))
                    .append("\r\n");
        }
        Request chunked = with("transfer-encoding", "chunked");
        return new Request(method, path, chunked.headers, chunks + "0\r\n\r\n");
    }

    byte[] bytes() {
        return (method + " " + path + " HTTP/1.1\r\n" + String.join("\r\n", headers) + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.ISO_8859_1);
    }
}
