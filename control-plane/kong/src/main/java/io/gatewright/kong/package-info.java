/**
 * Settings to the configuration of Kong 3.9: one model, written as a file for decK and as the document of a Kong without a
 * database.
 *
 * <p>Pure and deterministic: no clock, no logger, no I/O; the same documents give the same bytes on every machine. Start at
 * {@link io.gatewright.kong.KongTranslator}; one file per policy. Must not depend on the registry or the server.
 */
@NullMarked
package io.gatewright.kong;

import org.jspecify.annotations.NullMarked;
