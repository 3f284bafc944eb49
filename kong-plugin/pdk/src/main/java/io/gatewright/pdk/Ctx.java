package io.gatewright.pdk;

import io.gatewright.proto.kong.KeyValue;
import io.gatewright.proto.kong.LuaValue;

/**
 * {@code kong.ctx}: what plugins of one request share. One thread at a time.
 *
 * <p>In rewrite and response it may be that of an older request ({@link Kong}): for state of your own take {@link PhaseState},
 * and trust nothing that stands here there.
 */
public final class Ctx {
    private final Calls calls;

    Ctx(Calls calls) {
        this.calls = calls;
    }

    /** {@code kong.ctx.shared}: what all plugins can read and write. */
    public Shared shared() {
        return new Shared(calls);
    }

    /** What all plugins of one request can read and write. In every phase. One thread at a time. */
    public static final class Shared {
        private final Calls calls;

        private Shared(Calls calls) {
            this.calls = calls;
        }

        /** The value, or nil. */
        public Value get(String key) {
            return calls.get(value(key));
        }

        /** The question behind {@link #get}. */
        public static Ask<Value> value(String key) {
            return Ask.of(Method.CTX_SHARED_GET, Ask.textArg(key), LuaValue.parser(), Value::from);
        }

        /** Sets a text. */
        public void set(String key, String text) {
            set(key, Value.of(text));
        }

        /** Sets a number. */
        public void set(String key, double number) {
            set(key, Value.of(number));
        }

        /**
         * Sets a value.
         *
         * @throws IllegalArgumentException for false and nil, see {@link Value}
         */
        public void set(String key, Value value) {
            calls.send(Method.CTX_SHARED_SET, entry(key, value));
        }

        /** Takes the value away. */
        public void clear(String key) {
            calls.send(Method.CTX_SHARED_SET, noEntry(key));
        }
    }

    static KeyValue entry(String key, Value value) {
        return KeyValue.newBuilder().setK(Texts.bytes(key)).setV(value.toWire()).build();
    }

    /** Without a value: nil, once it is in Lua. */
    static KeyValue noEntry(String key) {
        return KeyValue.newBuilder().setK(Texts.bytes(key)).build();
    }
}
