package io.gatewright.pdk.server;

import io.gatewright.pdk.FailurePolicy;
import io.gatewright.pdk.Kong;
import io.gatewright.pdk.KongPlugin;
import io.gatewright.pdk.Outcome;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/** A plugin with every phase, all of which do what the test says. */
final class Probe implements KongPlugin<Probe.Config> {
    private final String name;
    private final FailurePolicy policy;
    private final BiFunction<Kong, Config, Outcome> handler;

    /** One setting that can be read back. */
    record Config(Optional<String> word) {}

    Probe(String name, FailurePolicy policy, BiFunction<Kong, Config, Outcome> handler) {
        this.name = name;
        this.policy = policy;
        this.handler = handler;
    }

    /** Called probe, fails closed. */
    static Probe of(Function<Kong, Outcome> handler) {
        return new Probe("probe", FailurePolicy.CLOSED, (kong, config) -> handler.apply(kong));
    }

    /** Called probe, fails closed, lets every request go on. */
    static Probe doing(Consumer<Kong> handler) {
        return of(kong -> {
            handler.accept(kong);
            return Outcome.proceed();
        });
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public FailurePolicy failurePolicy() {
        return policy;
    }

    @Override
    public void certificate(Kong kong, Config config) {
        var _ = handler.apply(kong, config);
    }

    @Override
    public Outcome rewrite(Kong kong, Config config) {
        return handler.apply(kong, config);
    }

    @Override
    public Outcome access(Kong kong, Config config) {
        return handler.apply(kong, config);
    }

    @Override
    public Outcome response(Kong kong, Config config) {
        return handler.apply(kong, config);
    }

    @Override
    public Outcome preread(Kong kong, Config config) {
        return handler.apply(kong, config);
    }

    @Override
    public void log(Kong kong, Config config) {
        var _ = handler.apply(kong, config);
    }
}
