/**
 * What a change would come to, without making it: effective values, gateway resources, warnings, sample requests.
 *
 * <p>Start at {@link io.gatewright.server.preview.Preview}. Pure: settings in, findings out; it knows no framework, no
 * registry and no clock. Findings are counted in full and listed up to a limit, so that a preview of any change fits into
 * memory.
 */
@NullMarked
package io.gatewright.server.preview;

import org.jspecify.annotations.NullMarked;
