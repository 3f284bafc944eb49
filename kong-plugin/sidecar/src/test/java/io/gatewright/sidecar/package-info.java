/** Tests of the process and its configuration. The doors are tested with their gateways, in envoy-bootstrap. */
@NullMarked
package io.gatewright.sidecar;

import org.jspecify.annotations.NullMarked;
