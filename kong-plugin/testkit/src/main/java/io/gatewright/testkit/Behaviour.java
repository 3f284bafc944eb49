package io.gatewright.testkit;

import io.gatewright.pdk.KongVersion;

/**
 * Where versions of Kong differ towards a plugin server (its {@code runloop/plugin_servers}; seen on 2.8.5, 3.4.2, 3.6.1, 3.7.1 and
 * 3.9.3). Immutable.
 *
 * @param repeatsAfterEof an event whose connection ends is sent again to a new instance, at once and without limit; else it is
 *     passed over and the old instance stays
 * @param errorsFail other errors in an event end the request with 500; else the plugin is passed over
 * @param failedStart what becomes of a request whose instance cannot be started
 * @param lostServer what becomes of a request whose instance was started before the server went
 * @param listsRaise an answer with a list in a table or value raises
 * @param falseIsSent a false flag is written out; else it is an empty frame
 * @param onePluginPerServer only the first plugin of a dump is loaded
 * @param trapCloses a response that nginx's condition filter refuses closes the connection; else the client gets the 412
 */
record Behaviour(
        boolean repeatsAfterEof,
        boolean errorsFail,
        FailedStart failedStart,
        LostServer lostServer,
        boolean listsRaise,
        boolean falseIsSent,
        boolean onePluginPerServer,
        boolean trapCloses) {

    /** What a failing start leads to. */
    enum FailedStart {
        /** 500; later requests wait for ever, even when the server is there. */
        WEDGES,
        /** The plugin is not ready and stays so for the life of the worker: later requests wait for ever. */
        NOT_READY_WEDGES,
        /** The plugin is not ready: it is passed over with a warning. */
        NOT_READY,
        /** 500; the next request tries again. */
        FAILS
    }

    /** What a server that has gone leads to. */
    enum LostServer {
        FAILS,
        PASSED_OVER
    }

    static Behaviour of(KongVersion version) {
        return new Behaviour(
                version.isAtLeast(3, 0),
                version.isAtLeast(3, 8),
                failedStart(version),
                version.isAtLeast(3, 1) && !version.isAtLeast(3, 8) ? LostServer.PASSED_OVER : LostServer.FAILS,
                !version.isAtLeast(3, 0),
                version.isAtLeast(3, 3),
                version.isAtLeast(3, 9),
                version.isAtLeast(3, 8));
    }

    private static FailedStart failedStart(KongVersion version) {
        if (!version.isAtLeast(3, 1)) {
            return FailedStart.WEDGES;
        }
        if (!version.isAtLeast(3, 3)) {
            return FailedStart.NOT_READY_WEDGES;
        }
        return version.isAtLeast(3, 5) ? FailedStart.FAILS : FailedStart.NOT_READY;
    }

    /** Whether a server that Kong has not started itself is ever used (3.1 to 3.4: never). */
    static boolean usesForeignServers(KongVersion version) {
        return !version.isAtLeast(3, 1) || version.isAtLeast(3, 5);
    }
}
