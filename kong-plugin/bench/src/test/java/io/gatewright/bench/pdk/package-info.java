/** What is measured works. */
@NullMarked
package io.gatewright.bench.pdk;

import org.jspecify.annotations.NullMarked;
