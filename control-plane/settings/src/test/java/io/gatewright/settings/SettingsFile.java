package io.gatewright.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads settings from a file of documents, with the checks that a commit makes. */
public final class SettingsFile {
    private static final ObjectMapper JSON = new ObjectMapper();

    private SettingsFile() {}

    public static Settings read(Path file) throws IOException {
        List<Problem> problems = new ArrayList<>();
        List<Document> documents = new ArrayList<>();
        for (JsonNode node : JSON.readTree(file.toFile()).get("documents")) {
            DocumentKey key = new DocumentKey(
                    Kind.of(node.get("kind").asText()).orElseThrow(),
                    node.get("id").asText());
            documents.add(new Document(key, 1, BodyFormat.read(key, node.get("body"), problems)));
        }
        Settings settings = Settings.EMPTY.with(1, documents);
        Consistency consistency = Consistency.check(Settings.EMPTY, settings, documents);
        problems.addAll(consistency.invalid());
        problems.addAll(consistency.conflicts());
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(file + ": " + problems);
        }
        return settings;
    }
}
