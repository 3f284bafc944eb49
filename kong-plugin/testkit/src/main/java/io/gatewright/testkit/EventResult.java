package io.gatewright.testkit;

import io.gatewright.proto.kong.ExitArgs;

/** What an event of a plugin means for the request. Immutable. */
public sealed interface EventResult {

    /** The plugin is through. */
    record Finished() implements EventResult {}

    /** The plugin ends the request with this answer. */
    record Exited(ExitArgs answer) implements EventResult {}

    /** Kong ends the request with a 500 and writes this to its error log. */
    record Failed(String log) implements EventResult {}

    /** Kong writes this to its error log and goes on as if the plugin were not there. */
    record PassedOver(String log) implements EventResult {}

    /** Kong never comes back: the worker spins. Here it does not, so that a test can say so. */
    record Wedged(String log) implements EventResult {}
}
