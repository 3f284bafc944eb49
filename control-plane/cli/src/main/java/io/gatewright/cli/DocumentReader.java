package io.gatewright.cli;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.yaml.snakeyaml.LoaderOptions;

/**
 * Reads the documents of one text in JSON or YAML: {@code {kind, id, body}}, lists of them, {@code {documents: […]}}, any
 * number one after another. Strict, since what a file says and nobody reads is a policy that nobody has: unknown fields,
 * fields written twice, and YAML aliases are problems. One thread at a time.
 */
final class DocumentReader {
    private static final List<String> FIELDS = List.of("kind", "id", "body");
    private static final List<String> IGNORED = List.of("version"); // what the API adds to a document
    private static final int LONGEST_TEXT = 64 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper YAML = new ObjectMapper(YAMLFactory.builder()
            .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
            .loaderOptions(longTexts())
            .build());

    private final String file;
    private final List<Declared> documents = new ArrayList<>();
    private final List<String> problems;
    private int count;

    /** @param problems gets a sentence for everything that is wrong */
    DocumentReader(String file, List<String> problems) {
        this.file = file;
        this.problems = problems;
    }

    private static LoaderOptions longTexts() {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(LONGEST_TEXT);
        return options;
    }

    List<Declared> read(String text) {
        String start = text.stripLeading();
        boolean json = file.endsWith(".json") || (!yamlName() && (start.startsWith("{") || start.startsWith("[")));
        try (JsonParser parser = (json ? JSON : YAML).createParser(text)) {
            while (parser.nextToken() != null) {
                if (parser.currentToken() != JsonToken.VALUE_NULL) { // what lies between two --- without a document
                    documents(parser);
                }
            }
        } catch (JsonProcessingException e) {
            String why = e.getOriginalMessage().lines().findFirst().orElse("it cannot be read");
            String line =
                    e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr();
            problems.add(file + ", document " + (count + 1) + line + ": is not " + (json ? "JSON: " : "YAML: ") + why
                    + "; correct it there");
        } catch (IOException e) {
            throw new IllegalStateException("text in memory cannot be read", e);
        }
        return documents;
    }

    private boolean yamlName() {
        return file.endsWith(".yaml") || file.endsWith(".yml");
    }

    private void documents(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                documents(parser);
            }
        } else if (parser.currentToken() == JsonToken.START_OBJECT) {
            object(parser);
        } else {
            problem(place(line(parser)), "", "is not a document", "write an object with kind, id and body");
        }
    }

    private void object(JsonParser parser) throws IOException {
        int line = line(parser);
        ObjectNode fields = JsonNodeFactory.instance.objectNode();
        boolean list = false;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (value == JsonToken.START_ARRAY && name.equals("documents")) {
                list = true;
                documents(parser);
            } else if (!name.equals("body") || !empty(parser)) {
                set(fields, name, parser);
            }
        }
        if (!list) {
            document(place(line), fields);
        } else if (!fields.isEmpty() && !(fields.size() == 1 && fields.has("revision"))) {
            String name = fields.fieldNames().next();
            problem(file + ", line " + line, name, "does not belong beside documents", "leave it out");
        }
    }

    /** Whether nothing stands behind a field of YAML, which is a slip where {@code null} would remove a document. */
    private static boolean empty(JsonParser parser) throws IOException {
        return parser.currentToken() == JsonToken.VALUE_NULL
                && parser instanceof YAMLParser
                && parser.getText().isEmpty();
    }

    private void document(String place, ObjectNode fields) {
        int before = problems.size();
        fields.fieldNames().forEachRemaining(name -> {
            if (!FIELDS.contains(name) && !IGNORED.contains(name)) {
                problem(place, name, "is not a field of a document", "use " + String.join(", ", FIELDS));
            }
        });
        requireText(place, fields, "kind", "name the kind, such as tenant");
        requireText(place, fields, "id", "name the document, in quotes when it looks like a number");
        JsonNode body = fields.path("body");
        if (!body.isObject() && !body.isNull()) {
            String wrong = body.isMissingNode() ? "is missing" : "is not an object";
            problem(
                    place,
                    "body",
                    wrong,
                    "write the document's fields, or null for a document that shall not be there");
        }
        if (problems.size() == before) {
            documents.add(new Declared(
                    place, fields.get("kind").textValue(), fields.get("id").textValue(), body));
        }
    }

    private void requireText(String place, ObjectNode fields, String name, String fix) {
        JsonNode value = fields.path(name);
        if (!value.isTextual() || value.textValue().isBlank()) {
            problem(place, name, value.isMissingNode() ? "is missing" : "is not text", fix);
        }
    }

    /** What the parser stands at, as a tree. */
    private JsonNode tree(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                ObjectNode object = JsonNodeFactory.instance.objectNode();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String name = parser.currentName();
                    parser.nextToken();
                    set(object, name, parser);
                }
                yield object;
            }
            case START_ARRAY -> {
                ArrayNode array = JsonNodeFactory.instance.arrayNode();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    array.add(tree(parser));
                }
                yield array;
            }
            default -> {
                if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
                    throw new JsonParseException(
                            parser, "*" + parser.getText() + " is an alias, which is not followed here: write it out");
                }
                yield parser.readValueAsTree();
            }
        };
    }

    private void set(ObjectNode object, String name, JsonParser parser) throws IOException {
        if (object.has(name)) {
            throw new JsonParseException(parser, "the field " + name + " is written twice");
        }
        object.set(name, tree(parser));
    }

    private static int line(JsonParser parser) {
        return parser.currentTokenLocation().getLineNr();
    }

    private String place(int line) {
        return file + ", document " + ++count + ", line " + line;
    }

    private void problem(String place, String field, String message, String fix) {
        problems.add(place + ": " + (field.isEmpty() ? "" : field + ": ") + message + "; " + fix);
    }
}
