package io.gatewright.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The documents of files and folders. One thread at a time. */
final class DocumentFiles {
    private final List<Declared> documents = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private int files;

    private DocumentFiles() {}

    /**
     * Reads everything.
     *
     * @param names files, folders with all below them, or {@code -} for standard input
     * @throws Refusal with all that is wrong with them
     */
    static DocumentFiles read(List<String> names) {
        DocumentFiles read = new DocumentFiles();
        names.forEach(read::readOne);
        read.refuseTwice();
        if (!read.problems.isEmpty()) {
            throw new Refusal(read.problems);
        }
        return read;
    }

    List<Declared> documents() {
        return documents;
    }

    int files() {
        return files;
    }

    private void readOne(String name) {
        Path path = Path.of(name);
        try {
            if (name.equals("-")) {
                take("-", new String(System.in.readAllBytes(), StandardCharsets.UTF_8));
            } else if (Files.isDirectory(path)) {
                for (Path file : within(path)) {
                    take(file.toString(), Files.readString(file));
                }
            } else if (Files.exists(path)) {
                take(name, Files.readString(path));
            } else {
                problems.add(name + " does not exist; name a file, a folder, or - for standard input");
            }
        } catch (CharacterCodingException e) {
            problems.add(name + " holds a file that is not UTF-8; save it as UTF-8");
        } catch (IOException e) {
            problems.add(name + " cannot be read: " + e.getMessage());
        }
    }

    private void take(String file, String text) {
        files++;
        documents.addAll(new DocumentReader(file, problems).read(text));
    }

    /** The files of JSON and YAML in a folder and below it, sorted; what is hidden, such as .git, is left alone. */
    private static List<Path> within(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(file -> file.toString().matches("(?s).*\\.(json|yaml|yml)"))
                    .filter(file -> !hidden(folder.relativize(file)))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        }
    }

    private static boolean hidden(Path file) {
        for (Path part : file) {
            if (part.toString().startsWith(".")) {
                return true;
            }
        }
        return false;
    }

    private void refuseTwice() {
        Map<String, Declared> first = new HashMap<>();
        for (Declared document : documents) {
            @Nullable Declared other = first.putIfAbsent(document.name(), document);
            if (other != null) {
                problems.add(document.place() + ": " + document.name() + ": stands already in " + other.place()
                        + "; write each document once");
            }
        }
    }
}
