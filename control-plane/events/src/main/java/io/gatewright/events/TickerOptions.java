package io.gatewright.events;

import java.util.Set;

/**
 * What a tick tells.
 *
 * @param hints whether a hint is notified
 * @param inlineTopics topics whose small events travel inside the hint
 */
record TickerOptions(boolean hints, Set<String> inlineTopics) {
    static final TickerOptions QUIET = new TickerOptions(false, Set.of());
}
