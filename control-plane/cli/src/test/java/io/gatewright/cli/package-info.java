/** The verbs against a control plane of a few lines, over real HTTP. */
@NullMarked
package io.gatewright.cli;

import org.jspecify.annotations.NullMarked;
