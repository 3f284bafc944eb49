/** Tests of bringing bundles to Kongs, against a simulated Admin API. */
@NullMarked
package io.gatewright.kong.node;

import org.jspecify.annotations.NullMarked;
