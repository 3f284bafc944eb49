/** What the API says of itself, held to the pages in {@code docs}. */
@NullMarked
package io.gatewright.server.api;

import org.jspecify.annotations.NullMarked;
