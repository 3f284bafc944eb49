/**
 * What the author of a Kong plugin in Java sees: Kong's PDK with Java's types.
 *
 * <p>Start with {@link io.gatewright.pdk.KongPlugin}, which a plugin implements; its handlers get a {@link
 * io.gatewright.pdk.Kong}, the groups and names of which are those of Kong's PDK, and return an {@link
 * io.gatewright.pdk.Outcome}. {@link io.gatewright.pdk.Method} says which call is allowed where. Depends on {@code wire} and
 * the messages only.
 */
@NullMarked
package io.gatewright.pdk;

import org.jspecify.annotations.NullMarked;
