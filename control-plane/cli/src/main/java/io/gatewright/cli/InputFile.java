package io.gatewright.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Reads what a person wrote in JSON or YAML. Stateless. */
final class InputFile {
    private InputFile() {}

    /** Its documents: one of JSON, any number of YAML. What is wrong with it is a usage error. */
    static List<JsonNode> read(Session session, String file) {
        try {
            String text = file.equals("-")
                    ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(Path.of(file));
            boolean json =
                    text.stripLeading().startsWith("{") || text.stripLeading().startsWith("[");
            ObjectMapper mapper = json ? new ObjectMapper() : new ObjectMapper(new YAMLFactory());
            try (MappingIterator<JsonNode> documents =
                    mapper.readerFor(JsonNode.class).readValues(text)) {
                return documents.readAll().stream()
                        .filter(node -> !node.isNull() && !node.isMissingNode())
                        .toList();
            }
        } catch (JsonProcessingException e) {
            String where =
                    e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNr();
            throw session.usage(file + " is not JSON or YAML" + where + ": " + firstLine(e.getOriginalMessage()));
        } catch (NoSuchFileException e) {
            throw session.usage(file + " does not exist");
        } catch (IOException e) {
            throw session.usage(file + " cannot be read: " + e.getMessage());
        }
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse(text);
    }
}
