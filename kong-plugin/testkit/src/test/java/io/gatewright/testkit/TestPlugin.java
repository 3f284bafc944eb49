package io.gatewright.testkit;

import io.gatewright.pdk.Kong;
import io.gatewright.pdk.KongPlugin;
import io.gatewright.pdk.Outcome;
import io.gatewright.pdk.Phase;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** A plugin whose handlers a test gives. Thread-safe if those are. */
final class TestPlugin implements KongPlugin<TestPlugin.Config> {
    /** Nothing to set. */
    record Config() {}

    private final String name;
    private final Set<Phase> phases = EnumSet.noneOf(Phase.class);
    private Function<Kong, Outcome> access = kong -> Outcome.proceed();
    private Function<Kong, Outcome> response = kong -> Outcome.proceed();
    private Consumer<Kong> log = kong -> {};

    TestPlugin(String name) {
        this.name = name;
    }

    TestPlugin onAccess(Function<Kong, Outcome> handler) {
        access = handler;
        phases.add(Phase.ACCESS);
        return this;
    }

    TestPlugin onResponse(Function<Kong, Outcome> handler) {
        response = handler;
        phases.add(Phase.RESPONSE);
        return this;
    }

    TestPlugin onLog(Consumer<Kong> handler) {
        log = handler;
        phases.add(Phase.LOG);
        return this;
    }

    /** It, in Kong, at this priority. */
    ConfiguredPlugin configured(int priority) {
        return ConfiguredPlugin.of(name, priority, phases, "{}");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Outcome access(Kong kong, Config config) {
        return access.apply(kong);
    }

    @Override
    public Outcome response(Kong kong, Config config) {
        return response.apply(kong);
    }

    @Override
    public void log(Kong kong, Config config) {
        log.accept(kong);
    }
}
