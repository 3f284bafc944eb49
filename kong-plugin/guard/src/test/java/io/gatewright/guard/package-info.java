/** Tests of the guard; numbers in their names are those of the list of cases in docs/guard-cases.md. */
@NullMarked
package io.gatewright.guard;

import org.jspecify.annotations.NullMarked;
