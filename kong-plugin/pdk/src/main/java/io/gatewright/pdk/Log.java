package io.gatewright.pdk;

import io.gatewright.proto.kong.LuaList;
import io.gatewright.proto.kong.LuaValue;

/**
 * {@code kong.log}: lines in Kong's error log, with the plugin's name before them because Kong leaves it out. They cost no wait;
 * those below the server's {@code --log-level} are not sent at all. What the process prints itself Kong logs as info, which it does not
 * show by default. One thread at a time.
 */
public final class Log {
    private static final Ask<String> SERIALIZED = Ask.text(Method.LOG_SERIALIZE);

    private final Calls calls;

    Log(Calls calls) {
        this.calls = calls;
    }

    /** How bad, from least to worst. */
    public enum Level {
        /** Finest. */
        DEBUG(Method.LOG_DEBUG),
        /** For information. */
        INFO(Method.LOG_INFO),
        /** Worth a look; what Kong shows by default begins here. */
        NOTICE(Method.LOG_NOTICE),
        /** Something is odd. */
        WARN(Method.LOG_WARN),
        /** Something failed. */
        ERR(Method.LOG_ERR),
        /** Something important failed. */
        CRIT(Method.LOG_CRIT),
        /** Somebody has to act. */
        ALERT(Method.LOG_ALERT);

        private final Method method;

        Level(Method method) {
            this.method = method;
        }
    }

    /** Logs at this level. */
    public void log(Level level, String message) {
        if (level.compareTo(calls.caller().threshold()) < 0) {
            return;
        }
        String line = "[" + calls.caller().plugin() + "] " + Texts.escaped(message);
        calls.send(
                level.method,
                LuaList.newBuilder()
                        .addValues(LuaValue.newBuilder().setStringValue(Texts.bytes(line)))
                        .build());
    }

    /** Logs for debugging. */
    public void debug(String message) {
        log(Level.DEBUG, message);
    }

    /** Logs for information. */
    public void info(String message) {
        log(Level.INFO, message);
    }

    /** Logs what is worth a look. */
    public void notice(String message) {
        log(Level.NOTICE, message);
    }

    /** Logs something odd. */
    public void warn(String message) {
        log(Level.WARN, message);
    }

    /** Logs a failure. */
    public void err(String message) {
        log(Level.ERR, message);
    }

    /** Logs an important failure. */
    public void crit(String message) {
        log(Level.CRIT, message);
    }

    /** Logs what somebody has to act on. */
    public void alert(String message) {
        log(Level.ALERT, message);
    }

    /** Sets an entry of what the logging plugins will write about this request. In rewrite, access and response. */
    public void setSerializeValue(String key, Value value) {
        calls.send(Method.LOG_SET_SERIALIZE_VALUE, Ctx.entry(key, value));
    }

    /** Everything that Kong knows of the request: request, response, route, service, consumer, latencies. A JSON text. In log. */
    public String serialize() {
        return calls.get(SERIALIZED);
    }

    /** The question behind {@link #serialize}. */
    public static Ask<String> serialized() {
        return SERIALIZED;
    }
}
