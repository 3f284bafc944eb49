/**
 * HTTP as a gateway sees it: fields in their order, request heads, replies. Values only; start at {@link
 * io.gatewright.guard.http.Fields}. Needs nothing of ours.
 */
@NullMarked
package io.gatewright.guard.http;

import org.jspecify.annotations.NullMarked;
