/** Tests of the reference gateway. */
@NullMarked
package io.gatewright.reference;

import org.jspecify.annotations.NullMarked;
