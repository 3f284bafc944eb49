package io.gatewright.bench.pdk;

import io.gatewright.pdk.Ask;
import io.gatewright.pdk.Body;
import io.gatewright.pdk.Client;
import io.gatewright.pdk.Fetched;
import io.gatewright.pdk.Headers;
import io.gatewright.pdk.Kong;
import io.gatewright.pdk.KongField;
import io.gatewright.pdk.KongPlugin;
import io.gatewright.pdk.Outcome;
import io.gatewright.pdk.Request;
import io.gatewright.pdk.server.KongPluginServer;
import java.util.Optional;

/**
 * The plugin that is measured: five questions about the request, two values for other plugins, one header for the client.
 * {@code peers/go/main.go} is the same on go-pdk. Thread-safe.
 */
public final class EightCalls implements KongPlugin<EightCalls.Config> {
    private static final Ask<String> METHOD = Request.method();
    private static final Ask<String> PATH = Request.path();
    private static final Ask<Headers> HEADERS = Request.headers();
    private static final Ask<Body> BODY = Request.rawBody();
    private static final Ask<Optional<Client.Consumer>> CONSUMER = Client.consumer();

    /**
     * How it asks.
     *
     * @param oneByOne wait for each answer, as go-pdk does, instead of for all at once
     */
    public record Config(
            @KongField(description = "Wait for each answer by itself", defaultValue = "false")
            boolean oneByOne) {}

    @Override
    public Outcome access(Kong kong, Config config) {
        if (config.oneByOne()) {
            answer(
                    kong,
                    kong.request().getMethod(),
                    kong.request().getPath(),
                    kong.request().getHeaders(),
                    kong.request().getRawBody(),
                    kong.client().getConsumer());
        } else {
            Fetched all = kong.fetch(METHOD, PATH, HEADERS, BODY, CONSUMER);
            answer(kong, all.get(METHOD), all.get(PATH), all.get(HEADERS), all.get(BODY), all.get(CONSUMER));
        }
        return Outcome.proceed();
    }

    private static void answer(
            Kong kong, String method, String path, Headers headers, Body body, Optional<Client.Consumer> consumer) {
        kong.ctx().shared().set("bench_method", method);
        kong.ctx().shared().set("bench_path", path);
        int size = headers.names().size()
                + (int) body.size()
                + consumer.map(one -> one.id().length()).orElse(0);
        kong.response().setHeader("x-bench", String.valueOf((char) ('a' + size % 26)));
    }

    public static void main(String[] args) {
        KongPluginServer.run(args, new EightCalls());
    }
}
