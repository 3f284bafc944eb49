package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A folder with one file for each thing: {@code org/acme.yaml}, {@code tenant/acme-de.yaml}, {@code module/orders.yaml} and
 * so on, each with the settings at its scope, and {@code global.yaml}. Collects in memory and writes at the end. One thread
 * at a time.
 */
final class ExportFolder {
    private static final String MARK = "# Written by gatewright export.";

    private final Path folder;
    private final Map<Path, StringBuilder> texts = new TreeMap<>();

    ExportFolder(Path folder) {
        this.folder = folder;
    }

    void add(JsonNode document) {
        texts.computeIfAbsent(
                        folder.resolve(file(
                                document.path("kind").asText(),
                                document.path("id").asText())),
                        file -> new StringBuilder(MARK).append('\n'))
                .append(DocumentText.yaml(document));
    }

    /** Where a document stands. A setting stands beside whom it is for; one for everybody, beside what it is about. */
    static String file(String kind, String id) {
        String file = kind + "/" + id;
        if (kind.equals("setting")) {
            String scope = id.replaceFirst("[,/].*", "");
            file = scope.replaceFirst("^route=", "module=").replace('=', '/');
        }
        if (!file.matches("[a-z0-9-]+(/[a-z0-9-]+)?")) {
            throw new Refusal(kind + "/" + id + " gives no name of a file; export to one file instead of a folder");
        }
        return file + ".yaml";
    }

    /**
     * Writes what differs, and removes files of an earlier export whose documents are gone.
     *
     * @return how many files there are now
     * @throws Refusal when a file that no export wrote stands in the way
     */
    int write() throws IOException {
        for (Path file : texts.keySet()) {
            if (Files.exists(file) && !marked(file)) {
                throw new Refusal(file + " was not written by an export; move it away, or export to another folder");
            }
        }
        for (Path file : existing()) {
            if (!texts.containsKey(file) && marked(file)) {
                Files.delete(file);
            }
        }
        for (Map.Entry<Path, StringBuilder> text : texts.entrySet()) {
            write(text.getKey(), text.getValue().toString());
        }
        return texts.size();
    }

    private static void write(Path file, String text) throws IOException {
        if (!Files.exists(file) || !Files.readString(file).equals(text)) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        }
    }

    private List<Path> existing() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder, 2)) {
            return new ArrayList<>(files.filter(file -> file.toString().endsWith(".yaml"))
                    .filter(Files::isRegularFile)
                    .toList());
        }
    }

    private static boolean marked(Path file) throws IOException {
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            return MARK.equals(reader.readLine());
        }
    }
}
