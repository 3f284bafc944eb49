/**
 * From a config record to Kong's schema, and from Kong's JSON to the record.
 *
 * <p>Start reading at {@link io.gatewright.pdk.config.ConfigRecord}, which looks at a record once and then reads configs;
 * {@link io.gatewright.pdk.config.SchemaWriter} describes one to Kong. Knows no connection and no plugin. Public for the server and for
 * test kits.
 */
@NullMarked
package io.gatewright.pdk.config;

import org.jspecify.annotations.NullMarked;
