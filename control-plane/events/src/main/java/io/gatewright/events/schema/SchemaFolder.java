package io.gatewright.events.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder of event schemas such as {@code proto/events}: the newest revision of each type in {@code TYPE.json}, and every
 * revision that was published in {@code history/TYPE/REVISION.json}. Immutable as long as nobody changes the JSON.
 *
 * @param newest by type
 * @param history by type, then by revision
 */
public record SchemaFolder(
        SortedMap<String, JsonNode> newest, SortedMap<String, SortedMap<Integer, JsonNode>> history) {
    private static final Pattern SCHEMA = Pattern.compile("(.+\\.v[1-9][0-9]*)\\.json");
    private static final Pattern REVISION = Pattern.compile("([1-9][0-9]{0,5})\\.json");
    private static final Pattern TYPE = Pattern.compile(
            "[a-z][a-z0-9-]*\\.[a-z][a-z0-9-]*\\.[a-z][a-z0-9-]*\\.v[1-9][0-9]*|cloudevents-event-envelope\\.v1");

    /**
     * Reads a folder; files with other names are passed over. A folder that does not exist has no schemas.
     *
     * @throws UnreadableSchemaException when a file is not JSON
     */
    public static SchemaFolder read(Path folder) throws UnreadableSchemaException {
        SortedMap<String, SortedMap<Integer, JsonNode>> history = new TreeMap<>();
        for (Path type : list(folder.resolve("history"))) {
            SortedMap<Integer, JsonNode> revisions = new TreeMap<>();
            for (Map.Entry<String, JsonNode> file : files(type, REVISION).entrySet()) {
                revisions.put(Integer.parseInt(file.getKey()), file.getValue());
            }
            history.put(type.getFileName().toString(), revisions);
        }
        return new SchemaFolder(files(folder, SCHEMA), history);
    }

    /**
     * Reads one schema and looks at nothing but that it is JSON.
     *
     * @throws UnreadableSchemaException when it cannot be read
     */
    public static JsonNode file(Path file) throws UnreadableSchemaException {
        try {
            return SchemaJson.read(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            String where =
                    e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNr();
            throw new UnreadableSchemaException(file + " is not JSON" + where + ": " + e.getOriginalMessage());
        } catch (NoSuchFileException e) {
            throw new UnreadableSchemaException(file + " does not exist");
        } catch (IOException e) {
            throw new UnreadableSchemaException(file + " cannot be read: " + e.getMessage());
        }
    }

    private static SortedMap<String, JsonNode> files(Path folder, Pattern name) throws UnreadableSchemaException {
        SortedMap<String, JsonNode> files = new TreeMap<>();
        for (Path file : list(folder)) {
            Matcher matcher = name.matcher(file.getFileName().toString());
            if (matcher.matches()) {
                files.put(matcher.group(1), file(file));
            }
        }
        return files;
    }

    private static List<Path> list(Path folder) throws UnreadableSchemaException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted().toList();
        } catch (IOException e) {
            throw new UnreadableSchemaException(folder + " cannot be read: " + e.getMessage());
        }
    }

    /** What makes the schemas bad by themselves: outside the language, or under a wrong name. */
    public List<Finding> outsideTheLanguage() {
        List<Finding> findings = new ArrayList<>();
        newest.forEach((type, schema) -> check(type, file(type), schema, findings));
        history.forEach((type, revisions) -> revisions.forEach((revision, schema) -> {
            check(type, file(type, revision), schema, findings);
            if (!schema.path("$id").asText().endsWith(":" + revision)) {
                findings.add(
                        new Finding(file(type, revision), "/$id", Rule.LANGUAGE, "does not end with :" + revision));
            }
        }));
        return List.copyOf(findings);
    }

    private static void check(String type, String file, JsonNode schema, List<Finding> findings) {
        SchemaLanguage.check(schema).forEach(finding -> findings.add(finding.in(file)));
        if (!schema.path("$id").asText().startsWith("urn:gatewright:event:" + type + ":")) {
            findings.add(new Finding(file, "/$id", Rule.LANGUAGE, "is not the type that the file is named after"));
        }
        if (!TYPE.matcher(type).matches()
                && !TYPE.matcher(schema.path("x-alias").asText()).matches()) {
            findings.add(new Finding(
                    file,
                    "/$id",
                    Rule.LANGUAGE,
                    "is not DOMAIN.AGGREGATE.EVENT.vMAJOR; name it so, or give it an x-alias that is"));
        }
    }

    /**
     * Everything that breaks the history that the folder itself keeps. Only for a folder inside the language.
     *
     * <p>Every revision but an unpublished newest one is in the history, and each newest one adds to all of them.
     */
    public List<Finding> breaks() {
        List<Finding> findings = new ArrayList<>();
        history.forEach((type, revisions) -> {
            JsonNode schema = newest.get(type);
            if (schema == null) {
                findings.add(new Finding(file(type), "", Rule.TYPE_REMOVED, "is gone; put it back, readers need it"));
                return;
            }
            if (revisions.size() != (revisions.isEmpty() ? 0 : revisions.lastKey())) {
                findings.add(new Finding("history/" + type, "", Rule.REVISION, "has a gap; put the missing ones back"));
            }
            revisions.values().forEach(old -> add(file(type), SchemaEvolution.check(old, schema), findings));
        });
        return findings.stream().distinct().toList();
    }

    /** Everything that breaks what an older state of the folder promised. Only for folders inside the language. */
    public List<Finding> breaksSince(SchemaFolder older) {
        List<Finding> findings = new ArrayList<>(breaks());
        older.newest.forEach((type, old) -> {
            JsonNode schema = newest.get(type);
            if (schema == null) {
                findings.add(new Finding(file(type), "", Rule.TYPE_REMOVED, "is gone; put it back, readers need it"));
            } else {
                add(file(type), SchemaEvolution.check(old, schema), findings);
            }
        });
        older.history.forEach((type, revisions) -> revisions.forEach((revision, old) -> {
            if (!old.equals(history.getOrDefault(type, new TreeMap<>()).get(revision))) {
                findings.add(new Finding(
                        file(type, revision), "", Rule.REVISION, "is not what was published; put it back as it was"));
            }
        }));
        return findings.stream().distinct().toList();
    }

    private static void add(String file, List<Finding> from, List<Finding> to) {
        from.forEach(finding -> to.add(finding.in(file)));
    }

    private static String file(String type) {
        return type + ".json";
    }

    private static String file(String type, int revision) {
        return "history/" + type + "/" + revision + ".json";
    }
}
