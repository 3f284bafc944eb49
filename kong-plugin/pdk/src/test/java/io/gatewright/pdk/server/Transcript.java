package io.gatewright.pdk.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A recorded exchange between a real Kong and a plugin server, cut into commands in the order in which Kong gave them. */
record Transcript(List<Step> steps) {
    /**
     * A command and what followed it on its connection.
     *
     * @param command null if Kong closed the connection instead
     */
    record Step(int connection, JsonNode command, ByteString payload, List<Frame> written, List<ByteString> replies) {
        boolean isClose() {
            return payload.isEmpty();
        }

        /** The calls in it, exit too. */
        List<RecordedCall> calls() {
            List<RecordedCall> calls = new ArrayList<>();
            for (int i = 0; i + 1 < written.size(); i++) {
                if (written.get(i).kind.equals("method")) {
                    calls.add(new RecordedCall(
                            written.get(i).payload.toString(StandardCharsets.US_ASCII), written.get(i + 1).payload));
                }
            }
            return calls;
        }
    }

    /** One that the server wrote. */
    record Frame(String kind, ByteString payload) {}

    static Transcript of(String resource) throws IOException {
        ObjectMapper json = new ObjectMapper();
        List<Step> steps = new ArrayList<>();
        Map<Integer, Step> current = new HashMap<>();
        try (var in = Objects.requireNonNull(Transcript.class.getResourceAsStream(resource), resource)) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .skip(1)
                    .toList()) {
                JsonNode frame = json.readTree(line);
                int connection = frame.path("conn").intValue();
                String kind = frame.path("kind").textValue();
                ByteString payload = ByteString.copyFrom(
                        HexFormat.of().parseHex(frame.path("hex").asText()));
                switch (kind) {
                    case "call", "closed" -> {
                        Step step =
                                new Step(connection, frame.path("json"), payload, new ArrayList<>(), new ArrayList<>());
                        steps.add(step);
                        current.put(connection, step);
                    }
                    case "reply" ->
                        Objects.requireNonNull(current.get(connection)).replies.add(payload);
                    case "method", "args", "end", "return" ->
                        Objects.requireNonNull(current.get(connection)).written.add(new Frame(kind, payload));
                    default -> throw new IllegalArgumentException(line);
                }
            }
        }
        return new Transcript(steps);
    }
}
