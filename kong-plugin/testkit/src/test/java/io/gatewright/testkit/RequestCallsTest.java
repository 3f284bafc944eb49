package io.gatewright.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.gatewright.pdk.KongVersion;
import io.gatewright.pdk.Method;
import io.gatewright.pdk.Phase;
import io.gatewright.proto.kong.LuaEntry;
import io.gatewright.proto.kong.LuaTable;
import io.gatewright.proto.kong.Text;
import io.gatewright.testkit.Recording.Frame;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RequestCallsTest {
    private final Surroundings surroundings = new Surroundings(new ErrorLog(), "localhost", 8000);

    @Test
    void givesValuesBackAsTheRealKongDoes() throws Exception {
        answersAsRecorded("values", Requests.get("/"));
    }

    @Test
    void readsQueriesAsTheRealKongDoes() throws Exception {
        answersAsRecorded("query", Requests.of("GET", "/", "a=1&a=2&b=%20x", new HeaderMap(), new byte[0]));
    }

    @Test
    void passesHeaderBytesAsTheRealKongDoes() throws Exception {
        HeaderMap headers = new HeaderMap(Map.of(
                "Accept", List.of("*/*"),
                "Host", List.of("127.0.0.1:18000"),
                "X-L", List.of("caf\u00e9"),
                "User-Agent", List.of("curl/7.88.1"),
                "X-Empty", List.of("")));
        answersAsRecorded("header-latin1", Requests.of("GET", "/", null, headers, new byte[0]));
    }

    @Test
    void givesBodiesAsTheRealKongDoes() throws Exception {
        byte[] every = new byte[256];
        IntStream.range(0, 256).forEach(i -> every[i] = (byte) i);
        answersAsRecorded("body-binary", Requests.of("POST", "/", null, new HeaderMap(), every));
        answersAsRecorded("body-empty", Requests.get("/"));
    }

    @Test
    void raisesOnAnArgumentWithoutAValue() {
        RequestCalls calls = calls(Requests.of("GET", "/", "flag", new HeaderMap(), new byte[0]));

        assertThatThrownBy(() -> calls.run(Phase.ACCESS, Method.REQUEST_GET_QUERY_ARG, Replies.text("flag")))
                .isInstanceOf(LuaError.class)
                .hasMessageContaining("string expected");
    }

    @Test
    void raisesOutsideThePhasesOfACall() {
        RequestCalls calls = calls(Requests.get("/"));

        assertThatThrownBy(() -> calls.run(Phase.LOG, Method.REQUEST_GET_METHOD, Replies.EMPTY))
                .isInstanceOf(LuaError.class)
                .hasMessageContaining("log phase");
    }

    private RequestCalls calls(ProxiedRequest request) {
        return new RequestCalls(KongVersion.DEFAULT, request, new Leak(), surroundings);
    }

    /** Makes the recorded calls of the one event again and compares the answers, tables without regard to order. */
    private void answersAsRecorded(String name, ProxiedRequest request) throws Exception {
        Path file = Path.of(Objects.requireNonNull(getClass().getResource("/kong/" + name + ".jsonl"))
                .toURI());
        List<Frame> frames = Recording.of(file).frames();
        List<ByteString> answers = frames.stream()
                .filter(f -> f.kind().equals("reply"))
                .map(Frame::payload)
                .toList();
        RequestCalls calls = calls(request);
        int made = 0;
        for (int i = 0; i < frames.size(); i++) {
            if (frames.get(i).kind().equals("method")) {
                Method method = method(frames.get(i).payload().toStringUtf8());
                byte[] answer = calls.run(
                        Phase.ACCESS, method, frames.get(i + 1).payload().toByteArray());
                assertThat(canonical(method, ByteString.copyFrom(answer)))
                        .as("answer %d, %s", made, method)
                        .isEqualTo(canonical(method, answers.get(made)));
                made++;
            }
        }
        assertThat(made).isEqualTo(answers.size()).isPositive();
    }

    private static Method method(String wireName) {
        return Arrays.stream(Method.values())
                .filter(m -> m.wireName().equals(wireName))
                .findFirst()
                .orElseThrow();
    }

    private static Object canonical(Method method, ByteString answer) throws InvalidProtocolBufferException {
        return switch (method) {
            case REQUEST_GET_HEADERS, REQUEST_GET_QUERY ->
                LuaTable.parseFrom(answer).getFieldsList().stream()
                        .sorted(Comparator.comparing((LuaEntry e) -> e.getKey().toStringUtf8()))
                        .toList();
            case REQUEST_GET_HEADER, REQUEST_GET_QUERY_ARG -> Text.parseFrom(answer);
            default -> answer;
        };
    }
}
