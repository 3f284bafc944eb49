/**
 * Who calls the API, and what they may do: roles, callers, the token of this machine, how often one may call.
 *
 * <p>Start at {@link io.gatewright.server.access.Login}. {@code api.Gate} asks it for every request. Knows neither HTTP nor a
 * framework; the issuer's tokens were verified before their claims come here.
 */
@NullMarked
package io.gatewright.server.access;

import org.jspecify.annotations.NullMarked;
