package io.gatewright.cli;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the settings come to for a Kong, as one of two files. */
abstract sealed class KongFileCommand implements Runnable {
    @Mixin
    private final Session session = new Session();

    @Option(
            names = "--profile",
            paramLabel = "full|native",
            description =
                    "Who verifies tokens: Gatewright's plugins, or Kong's own; else as the control plane is configured.")
    private @Nullable String profile;

    @Option(
            names = "--at",
            paramLabel = "REVISION",
            description = "As a revision left it, or as it was at a time such as 2026-11-25T10:00:00Z.")
    private @Nullable String at;

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description = "Where to write, whole or not at all; else standard output.")
    private @Nullable Path file;

    private final String form;

    private KongFileCommand(String form) {
        this.form = form;
    }

    @Override
    public void run() {
        String path = "/v1/export/kong/" + form + Api.query("profile", profile, "at", at);
        try {
            if (file == null) {
                ByteArrayOutputStream text = new ByteArrayOutputStream();
                session.api().download(path, text);
                session.out().print(text.toString(StandardCharsets.UTF_8));
                session.out().flush();
            } else {
                write(path, file);
            }
        } catch (IOException e) {
            throw new Refusal(file + " cannot be written: " + e.getMessage() + "; name another place with --file");
        }
    }

    private void write(String path, Path target) throws IOException {
        Path unfinished = Path.of(target + ".unfinished");
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(unfinished))) {
                session.api().download(path, out);
            }
            Files.move(unfinished, target, StandardCopyOption.REPLACE_EXISTING);
            session.out().println(form + " file in " + target);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    @Command(name = "deck", description = "A file for decK, which brings it to a Kong with a database.")
    static final class Deck extends KongFileCommand {
        Deck() {
            super("deck");
        }
    }

    @Command(name = "dbless", description = "The declarative configuration of a Kong without a database.")
    static final class Dbless extends KongFileCommand {
        Dbless() {
            super("dbless");
        }
    }
}
