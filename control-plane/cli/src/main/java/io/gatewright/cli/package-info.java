/**
 * The command line: {@code gatewright status|get|set|…} over the control plane's HTTP API.
 *
 * <p>One file per verb; start at {@link io.gatewright.cli.Main}. What all verbs share: {@link io.gatewright.cli.Session}
 * (which server, which form of output), {@link io.gatewright.cli.Documents} (reading and writing with versions). Knows the
 * API and, of Gatewright's code, only the checker of event schemas.
 */
@NullMarked
package io.gatewright.cli;

import org.jspecify.annotations.NullMarked;
