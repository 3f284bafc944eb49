package io.gatewright.pdk.server;

import org.jspecify.annotations.Nullable;

/**
 * A config in use: one for all instances with an equal one, since every worker of Kong starts an instance of its own, and so does every
 * change of any config. Tells the plugin when its use begins and ends. Thread-safe.
 */
final class SharedConfig<C extends Record> {
    private final PluginEntry<C> plugin;
    private final C config;
    private int users;
    private boolean opened;
    private @Nullable RuntimeException refusal;

    SharedConfig(PluginEntry<C> plugin, C config) {
        this.plugin = plugin;
        this.config = config;
    }

    C config() {
        return config;
    }

    PluginEntry<C> plugin() {
        return plugin;
    }

    /** One user more, under the lock of those who look for it. */
    SharedConfig<C> join() {
        users++;
        return this;
    }

    /** One user less, under the same lock; whether that was the last. */
    boolean leave() {
        users--;
        return users == 0;
    }

    /**
     * Waits until the plugin has been told.
     *
     * @throws RuntimeException what the plugin threw then
     */
    synchronized void open() {
        if (!opened) {
            opened = true;
            try {
                plugin.plugin().opened(config);
            } catch (RuntimeException e) {
                refusal = e;
            }
        }
        if (refusal != null) {
            throw refusal;
        }
    }

    synchronized void close() {
        if (opened && refusal == null) {
            plugin.plugin().closed(config);
        }
    }
}
