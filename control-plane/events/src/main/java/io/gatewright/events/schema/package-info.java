/**
 * What events may hold: the catalogue of types, the two readings of a schema, and what a schema may become.
 *
 * <p>Start at {@link io.gatewright.events.schema.SchemaCatalog} (what may be written and read) and
 * {@link io.gatewright.events.schema.SchemaEvolution} (what may change). The schemas themselves are files in
 * {@code proto/events}. Knows no database; of Gatewright only the hook that the log calls before it stores an event.
 */
@NullMarked
package io.gatewright.events.schema;

import org.jspecify.annotations.NullMarked;
