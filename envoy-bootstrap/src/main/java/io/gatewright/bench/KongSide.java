package io.gatewright.bench;

import com.google.protobuf.ByteString;
import io.gatewright.pdk.Method;
import io.gatewright.pdk.Phase;
import io.gatewright.proto.kong.ConsumerEntity;
import io.gatewright.proto.kong.RawBody;
import io.gatewright.testkit.CannedCalls;
import io.gatewright.testkit.ConfiguredPlugin;
import io.gatewright.testkit.EventResult;
import io.gatewright.testkit.MsgPackWorker;
import io.gatewright.testkit.Replies;
import io.gatewright.testkit.SimulatedKong;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.msgpack.value.Value;
import org.msgpack.value.ValueFactory;

/** Kong before the plugin that is measured, in the protocol that its server speaks; the answers are the same. Thread-safe. */
sealed interface KongSide extends AutoCloseable {
    /** Sends an access event; false when the plugin did not finish it. */
    boolean event();

    @Override
    void close();

    int BODY_BYTES = 256;
    String VERB = "POST";
    String PATH = "/v1/orders/4711";
    String CONSUMER = "6894d5f3-115f-5858-860f-cdf2553d2fbe";
    Map<String, Object> HEADERS = Map.of(
            "host", "orders.example.com",
            "user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "accept", "application/json",
            "accept-encoding", List.of("gzip", "br"),
            "authorization", "Bearer " + "x".repeat(600),
            "content-type", "application/json",
            "content-length", "256",
            "idempotency-key", "0b6f7b1e-58b0-4d0c-9a0f-3f5a3f0f2c11",
            "x-request-id", "a1b2c3d4e5f60718",
            "traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");

    /** {@code ProtoBuf:1}, which ours and Kong's for Go speak. */
    final class ProtoBuf implements KongSide {
        private static final CannedCalls ANSWERS = new CannedCalls(Map.of(
                Method.REQUEST_GET_METHOD, Replies.text(VERB),
                Method.REQUEST_GET_PATH, Replies.text(PATH),
                Method.REQUEST_GET_HEADERS, Replies.table(HEADERS),
                Method.REQUEST_GET_RAW_BODY,
                        RawBody.newBuilder()
                                .setContent(ByteString.copyFrom(new byte[BODY_BYTES]))
                                .build()
                                .toByteArray(),
                Method.CLIENT_GET_CONSUMER,
                        ConsumerEntity.newBuilder()
                                .setId(ByteString.copyFromUtf8(CONSUMER))
                                .setUsername(ByteString.copyFromUtf8("acme"))
                                .build()
                                .toByteArray()));

        private final SimulatedKong kong;
        private final ConfiguredPlugin plugin;

        ProtoBuf(Path socket, String plugin, String config) throws IOException {
            kong = SimulatedKong.on(socket).start();
            this.plugin = ConfiguredPlugin.of(plugin, 905, Set.of(Phase.ACCESS), config);
        }

        @Override
        public boolean event() {
            return kong.event(plugin, Phase.ACCESS, ANSWERS) instanceof EventResult.Finished;
        }

        @Override
        public void close() {
            kong.close();
        }
    }

    /** {@code MsgPack:1}, which Kong's for JavaScript speaks. */
    final class MsgPack implements KongSide {
        private final MsgPackWorker worker;
        private final String plugin;
        private final String config;

        MsgPack(Path socket, String plugin, String config) {
            worker = new MsgPackWorker(
                    socket,
                    Map.of(
                            "kong.request.get_method", ValueFactory.newString(VERB),
                            "kong.request.get_path", ValueFactory.newString(PATH),
                            "kong.request.get_headers", headers(),
                            "kong.request.get_raw_body", ValueFactory.newString("\0".repeat(BODY_BYTES)),
                            "kong.client.get_consumer",
                                    ValueFactory.newMap(
                                            ValueFactory.newString("id"), ValueFactory.newString(CONSUMER),
                                            ValueFactory.newString("username"), ValueFactory.newString("acme"))));
            this.plugin = plugin;
            this.config = config;
        }

        private static Value headers() {
            Map<Value, Value> headers = new LinkedHashMap<>();
            HEADERS.forEach((name, value) -> headers.put(
                    ValueFactory.newString(name),
                    value instanceof List<?> lines
                            ? ValueFactory.newArray(lines.stream()
                                    .map(line -> ValueFactory.newString(String.valueOf(line)))
                                    .toList())
                            : ValueFactory.newString(String.valueOf(value))));
            return ValueFactory.newMap(headers);
        }

        @Override
        public boolean event() {
            try {
                worker.event(plugin, config, "access");
                return true;
            } catch (IOException e) {
                return false;
            }
        }

        @Override
        public void close() {
            worker.close();
        }
    }
}
