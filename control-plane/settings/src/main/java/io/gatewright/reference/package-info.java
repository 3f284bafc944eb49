/**
 * What a gateway must do with a request, by the settings alone: the rules once more, without any gateway.
 *
 * <p>Start at {@link io.gatewright.reference.ReferenceGateway}. It judges sample requests for a preview, and real gateways
 * are held to it by tests. Pure; needs {@code io.gatewright.settings} only. Counts nothing: a limit is named, not used up.
 */
@NullMarked
package io.gatewright.reference;

import org.jspecify.annotations.NullMarked;
