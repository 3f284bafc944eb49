package io.gatewright.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.ArrayValue;
import org.msgpack.value.Value;
import org.msgpack.value.ValueFactory;

/** A worker before a server that asks for the method and then returns, or fails. */
@Timeout(30)
final class MsgPackWorkerTest {
    @TempDir
    Path directory;

    private final List<String> heard = new CopyOnWriteArrayList<>();
    private volatile String end = "ret";
    private volatile boolean fails;
    private ServerSocketChannel server;
    private MsgPackWorker worker;

    @BeforeEach
    void start() throws IOException {
        Path socket = directory.resolve("server.sock");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofVirtual().start(this::serve);
        worker = new MsgPackWorker(socket, Map.of("kong.request.get_method", ValueFactory.newString("POST")));
    }

    @AfterEach
    void stop() throws IOException {
        worker.close();
        server.close();
    }

    private void serve() {
        try (SocketChannel line = server.accept();
                MessageUnpacker in = MessagePack.newDefaultUnpacker(Channels.newInputStream(line))) {
            while (in.hasNext()) {
                ArrayValue request = in.unpackValue().asArrayValue();
                String method = request.get(2).toString();
                heard.add(method + " " + request.get(3).asArrayValue().get(0).toJson());
                answer(line, request.get(1), method);
            }
        } catch (IOException e) {
            heard.add("the line ended: " + e);
        }
    }

    private void answer(SocketChannel line, Value id, String method) throws IOException {
        Value result = switch (method) {
            case "plugin.StartInstance" -> map("Id", ValueFactory.newInteger(7), "Name", text("probe"));
            case "plugin.HandleEvent" ->
                map(
                        "EventId",
                        ValueFactory.newInteger(3),
                        "Data",
                        map("Method", text("kong.request.get_method"), "Args", text("")));
            default -> map("EventId", ValueFactory.newInteger(3), "Data", text(end));
        };
        try (MessageBufferPacker out = MessagePack.newDefaultBufferPacker()) {
            out.packArrayHeader(4).packInt(1).packValue(id);
            out.packValue(fails ? text("no such plugin") : ValueFactory.newNil());
            out.packValue(fails ? ValueFactory.newNil() : result);
            line.write(ByteBuffer.wrap(out.toByteArray()));
        }
    }

    private static Value text(String text) {
        return ValueFactory.newString(text);
    }

    private static Value map(String name, Value value, String other, Value otherValue) {
        return ValueFactory.newMap(text(name), value, text(other), otherValue);
    }

    @Test
    void answersWhatThePluginAsksAndStartsItOnce() throws Exception {
        worker.event("probe", "{}", "access");
        worker.event("probe", "{}", "log");
        assertThat(heard)
                .containsExactly(
                        "plugin.StartInstance {\"Name\":\"probe\",\"Config\":\"{}\"}",
                        "plugin.HandleEvent {\"InstanceId\":7,\"EventName\":\"access\"}",
                        "plugin.Step {\"EventId\":3,\"Data\":\"POST\"}",
                        "plugin.HandleEvent {\"InstanceId\":7,\"EventName\":\"log\"}",
                        "plugin.Step {\"EventId\":3,\"Data\":\"POST\"}");
    }

    @Test
    void saysWhatTheServerAnswersInsteadOfReturning() {
        end = "oops";
        assertThatThrownBy(() -> worker.event("probe", "{}", "access"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("oops");
    }

    @Test
    void passesOnTheErrorOfTheServer() {
        fails = true;
        assertThatThrownBy(() -> worker.event("probe", "{}", "access"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("plugin.StartInstance")
                .hasMessageContaining("no such plugin");
    }
}
