/** Tests of schemas and of the reading of configs. */
@NullMarked
package io.gatewright.pdk.config;

import org.jspecify.annotations.NullMarked;
