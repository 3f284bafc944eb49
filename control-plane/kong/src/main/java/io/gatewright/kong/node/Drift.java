package io.gatewright.kong.node;

/**
 * A Kong was found to run what nobody here gave it; it is put right at once. Immutable.
 *
 * @param node its name
 * @param restarted whether it had lost everything, else somebody else posted to it
 * @param found one line: what was found
 */
public record Drift(String node, boolean restarted, String found) {}
