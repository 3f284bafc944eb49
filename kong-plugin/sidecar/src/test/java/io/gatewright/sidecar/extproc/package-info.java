/** Tests of Envoy's door with a client that plays Envoy, for the moments in which a real one cannot be stopped. */
@NullMarked
package io.gatewright.sidecar.extproc;

import org.jspecify.annotations.NullMarked;
