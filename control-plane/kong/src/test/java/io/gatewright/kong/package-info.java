/** Tests of the Kong translator. */
@NullMarked
package io.gatewright.kong;

import org.jspecify.annotations.NullMarked;
