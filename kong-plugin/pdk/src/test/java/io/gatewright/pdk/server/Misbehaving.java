package io.gatewright.pdk.server;

import io.gatewright.pdk.Kong;
import io.gatewright.pdk.KongException;
import io.gatewright.pdk.KongPlugin;
import io.gatewright.pdk.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Does what no handler should, as its config says. */
final class Misbehaving implements KongPlugin<Misbehaving.Config> {
    private static final int MANY_BYTES = 8 << 20;

    enum Fault {
        NONE,
        THROW,
        HEAP,
        STACK,
        BLOCK,
        BODY,
        EXIT_TWICE,
        CALL_AFTER_EXIT
    }

    record Config(Fault fault) {}

    private final AtomicReference<@Nullable Kong> kept = new AtomicReference<>();

    public static void main(String[] args) {
        KongPluginServer.run(args, new Misbehaving());
    }

    @Override
    public Outcome access(Kong kong, Config config) {
        switch (config.fault()) {
            case NONE -> kong.response().setHeader("x", "1");
            case THROW -> throw new IllegalStateException("on purpose");
            case HEAP -> {
                List<byte[]> all = new ArrayList<>();
                while (all.size() < Integer.MAX_VALUE) {
                    all.add(new byte[MANY_BYTES]);
                }
            }
            case STACK -> kong.response().setHeader("depth", String.valueOf(depth(0)));
            case BLOCK -> block();
            case BODY -> kong.request().getRawBody();
            case EXIT_TWICE -> { // the server exits for it, and then it does itself
                block();
                return Outcome.exit(201);
            }
            case CALL_AFTER_EXIT -> {
                Kong over = kept.getAndSet(kong);
                return Outcome.exit(over == null || isRefused(over) ? 204 : 201);
            }
        }
        return Outcome.proceed();
    }

    private static void block() {
        while (!Thread.currentThread().isInterrupted()) {
            LockSupport.park();
        }
    }

    private static boolean isRefused(Kong over) {
        try {
            over.response().setHeader("x", "2");
            return false;
        } catch (KongException e) {
            return true;
        }
    }

    @SuppressWarnings("InfiniteRecursion") // That is what it is for.
    private static int depth(int depth) {
        return 1 + depth(depth + 1);
    }
}
