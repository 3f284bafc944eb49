/** Tests of frames and flights. */
@NullMarked
package io.gatewright.pdk.wire;

import org.jspecify.annotations.NullMarked;
