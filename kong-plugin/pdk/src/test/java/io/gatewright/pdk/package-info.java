/** Tests of the API: what each call is on the wire, what is refused in Java. */
@NullMarked
package io.gatewright.pdk;

import org.jspecify.annotations.NullMarked;
