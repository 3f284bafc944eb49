/**
 * Who calls, from a token (RFC 7519, RFC 9068) that is verified with the signing keys in the settings. Start at {@link
 * io.gatewright.sidecar.identity.Identities}. Knows no gateway; fetches nothing.
 */
@NullMarked
package io.gatewright.sidecar.identity;

import org.jspecify.annotations.NullMarked;
