/** Proofs of the settings model. */
@NullMarked
package io.gatewright.settings;

import org.jspecify.annotations.NullMarked;
