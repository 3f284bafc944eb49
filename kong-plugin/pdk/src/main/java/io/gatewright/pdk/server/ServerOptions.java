package io.gatewright.pdk.server;

import io.gatewright.pdk.KongVersion;
import io.gatewright.pdk.Log;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How a plugin server runs. Immutable.
 *
 * @param socket where it listens
 * @param target the Kong it runs for
 * @param threshold log calls below it are not sent to Kong
 * @param handlerLimit how long a handler may take, waits for Kong not counted; below the 60 seconds after which Kong gives up
 * @param exitWithParent whether to end when the process that started this one does
 */
public record ServerOptions(
        Path socket, KongVersion target, Log.Level threshold, Duration handlerLimit, boolean exitWithParent) {
    /** 50 s. */
    public static final Duration HANDLER_LIMIT = Duration.ofSeconds(50);

    /** What is kind to most: the newest Kong known, notices and worse logged, {@link #HANDLER_LIMIT}. */
    public static ServerOptions at(Path socket) {
        return new ServerOptions(socket, KongVersion.DEFAULT, Log.Level.NOTICE, HANDLER_LIMIT, false);
    }
}
