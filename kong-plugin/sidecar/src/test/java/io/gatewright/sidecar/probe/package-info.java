@NullMarked
package io.gatewright.sidecar.probe;

import org.jspecify.annotations.NullMarked;
