package io.gatewright.guard.http;

/**
 * An answer as the client gets it. Immutable.
 *
 * @param status 100 to 599
 * @param fields without {@code Content-Length} and {@code Date}, which the gateway adds
 * @param body octets in the coding that {@code fields} name, may be empty
 */
public record Reply(int status, Fields fields, Octets body) {}
