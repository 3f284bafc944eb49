package com.example.hello;

import io.gatewright.pdk.Headers;
import io.gatewright.pdk.Kong;
import io.gatewright.pdk.KongField;
import io.gatewright.pdk.KongPlugin;
import io.gatewright.pdk.Outcome;
import io.gatewright.pdk.server.KongPluginServer;
import java.util.Optional;

/** Greets the client, and sends away whoever has no name. */
public final class Hello implements KongPlugin<Hello.Config> {
    public record Config(
            @KongField(description = "What to greet the client with", defaultValue = "hello")
            String greeting,

            @KongField(description = "Refuse requests without a name", defaultValue = "false")
            boolean nameRequired) {}

    @Override
    public Outcome access(Kong kong, Config config) {
        Optional<String> name = kong.request().getHeader("x-name");
        if (name.isEmpty() && config.nameRequired()) {
            return Outcome.exit(401, Headers.of("Content-Type", "text/plain"), "Who are you?\n");
        }
        kong.response().setHeader("x-greeting", config.greeting() + ' ' + name.orElse("you"));
        return Outcome.proceed();
    }

    public static void main(String[] args) {
        KongPluginServer.run(args, new Hello());
    }
}
