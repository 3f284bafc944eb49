/** The schemas of this repository, the checkers, and the proof that the one agrees with the other. */
@NullMarked
package io.gatewright.events.schema;

import org.jspecify.annotations.NullMarked;
