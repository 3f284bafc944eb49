/**
 * The plugin on our PDK that {@code ./gatewright bench pdk} measures beside its likes on others, which lie in {@code peers/}.
 *
 * <p>The build packs it as the guide tells authors to: a jar with its class path, and a cache that lets it start fast.
 */
@NullMarked
package io.gatewright.bench.pdk;

import org.jspecify.annotations.NullMarked;
