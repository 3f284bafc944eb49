/**
 * The door for Envoy: its external processing service (ext_proc), one stream for each request that has something to guard.
 * Start at {@link io.gatewright.sidecar.extproc.EnvoyDoor}. Nothing else knows Envoy's messages.
 */
@NullMarked
package io.gatewright.sidecar.extproc;

import org.jspecify.annotations.NullMarked;
