package io.gatewright.gateway;

import java.io.IOException;

/** Says in a line what became of a request. One thread at a time. */
record Teller(String name, Door door, VersionedUpstream papers) {
    /** A request of alice of that tenant. */
    Request as(String tenant, String method, String path) {
        return Request.of(method, path).token(door.token(tenant, "alice"));
    }

    /** One of alice of {@code acme-de}. */
    Request keyed(String key, String method, String path) {
        return as("acme-de", method, path).with("idempotency-key", key);
    }

    Request post(String key, String path) {
        return keyed(key, "POST", path).sized(3);
    }

    Answer send(Request request) throws IOException {
        return door.send(request);
    }

    /** How many requests reached an upstream. */
    long ran() {
        return door.upstream().requests() + papers.requests();
    }

    /** Such as {@code 200 replayed marked, ran 0}: status, Idempotency-Status, whether marked as a replay, the problem's name. */
    String tell(Request request) throws IOException {
        long before = ran();
        String told = line(send(request));
        return told + ", ran " + (ran() - before);
    }

    static String line(Answer answer) {
        String state = answer.header("idempotency-status").replaceFirst(";.*", "");
        String marked = answer.header("idempotent-replayed").isEmpty() ? "" : "marked";
        String problem = answer.header("content-type").equals("application/problem+json")
                ? answer.json().path("type").asText().replace("urn:gatewright:problem:", "")
                : "";
        return String.join(" ", String.valueOf(answer.status()), state, marked, problem)
                .replaceAll(" +", " ")
                .strip();
    }
}
