package io.gatewright.guard.http;

/**
 * A request before its body. Immutable.
 *
 * @param method as sent, such as {@code POST}
 * @param target the request target in origin form as sent, path and query, such as {@code /orders?draft=1}
 */
public record RequestHead(String method, String target, Fields fields) {
    /** The target without its query. */
    public String path() {
        int question = target.indexOf('?');
        return question < 0 ? target : target.substring(0, question);
    }

    /** What follows the first question mark, empty when there is none. */
    public String query() {
        int question = target.indexOf('?');
        return question < 0 ? "" : target.substring(question + 1);
    }
}
