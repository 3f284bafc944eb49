/**
 * The HTTP API: JSON over HTTP, errors as problem documents (RFC 9457).
 *
 * <p>Each resource class is one noun of the API. {@code Answers} is how a commit's result becomes an answer, {@code
 * Refusal} how a request is turned down.
 */
@NullMarked
package io.gatewright.server.api;

import org.jspecify.annotations.NullMarked;
