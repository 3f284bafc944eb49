/**
 * The example of the guide, {@code docs/pdk.md}: a whole plugin, packed as its author would.
 *
 * <p>Needs nothing but the PDK, and for its tests the testkit.
 */
@NullMarked
package com.example.hello;

import org.jspecify.annotations.NullMarked;
