/** Tests of the plugin server, which is given commands over its socket as Kong gives them. */
@NullMarked
package io.gatewright.pdk.server;

import org.jspecify.annotations.NullMarked;
