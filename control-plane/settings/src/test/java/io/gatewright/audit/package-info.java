/** The audit file, without a database. */
@NullMarked
package io.gatewright.audit;

import org.jspecify.annotations.NullMarked;
