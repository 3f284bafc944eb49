/**
 * The settings model: documents, the catalogue of keys, resolution over the nine scopes, and explain.
 *
 * <p>Pure: no clock, no I/O, no framework. Start at {@link io.gatewright.settings.Settings} (one immutable state of
 * everything) and {@link io.gatewright.settings.Catalog} (every key). Depends on nothing else of Gatewright.
 */
@NullMarked
package io.gatewright.settings;

import org.jspecify.annotations.NullMarked;
