package io.gatewright.server;

import org.jspecify.annotations.Nullable;

/** Why the process cannot start, in one sentence for the person who started it. */
final class StartupFailure extends Exception {
    private static final long serialVersionUID = 1;

    StartupFailure(String sentence, @Nullable Throwable cause) {
        super(sentence, cause);
    }
}
