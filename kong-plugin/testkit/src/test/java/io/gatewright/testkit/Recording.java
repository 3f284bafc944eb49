package io.gatewright.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;

/** The frames between a real Kong and a plugin server, in order. Immutable. */
record Recording(List<Frame> frames) {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** One frame, or the end of a connection. */
    record Frame(int connection, String kind, ByteString payload) {
        boolean isFromServer() {
            return !kind.equals("call") && !kind.equals("reply");
        }
    }

    static Recording of(Path file) {
        try {
            return new Recording(Files.readAllLines(file).stream()
                    .skip(1)
                    .map(Recording::frame)
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those of one connection, in order. */
    List<Frame> on(int connection) {
        return frames.stream().filter(frame -> frame.connection == connection).toList();
    }

    private static Frame frame(String line) {
        try {
            JsonNode json = MAPPER.readTree(line);
            return new Frame(
                    json.path("conn").asInt(),
                    json.path("kind").asText(),
                    ByteString.copyFrom(HexFormat.of().parseHex(json.path("hex").asText())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
