package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

@Command(
        name = "export",
        modelTransformer = ExportCommand.Target.class,
        subcommands = {KongFileCommand.Deck.class, KongFileCommand.Dbless.class},
        description = "Writes all documents but signing keys so that 'gatewright apply' takes them.",
        footer = {
            "",
            "gatewright export                     YAML on standard output",
            "gatewright export -o registry.json    one file, JSON when it is named so, else YAML",
            "gatewright export -o registry/        a folder with a file for each org, tenant, module, …",
            "gatewright export deck                what the settings come to for a Kong, for decK",
            "gatewright export dbless              the same for a Kong without a database"
        })
final class ExportCommand implements Runnable {
    @Mixin
    private final Session session = new Session();

    @Option(
            names = "--at",
            paramLabel = "REVISION",
            description = "As a revision left it, or as it was at a time such as 2026-11-25T10:00:00Z.")
    private @Nullable String at;

    private @Nullable String target;

    /** Elsewhere -o says the form of what is printed; here it says where to write. */
    static final class Target implements CommandLine.IModelTransformer {
        @Override
        public CommandSpec transform(CommandSpec spec) {
            ExportCommand command = (ExportCommand) spec.userObject();
            spec.remove(spec.findOption("-o"));
            return spec.addOption(OptionSpec.builder("-o", "--output")
                    .paramLabel("PATH")
                    .type(String.class)
                    .description("A file, or a folder when it is one or ends in a slash; else standard output.")
                    .setter(new CommandLine.Model.ISetter() {
                        @Override
                        public <T> T set(T value) {
                            command.target = (String) value;
                            return value;
                        }
                    })
                    .build());
        }
    }

    @Override
    public void run() {
        try {
            if (target == null) {
                yaml(session.out());
            } else if (target.endsWith("/") || Files.isDirectory(Path.of(target))) {
                folder(Path.of(target));
            } else {
                file(Path.of(target));
            }
        } catch (AccessDeniedException e) {
            throw new Refusal(e.getFile() + " may not be written; name another place with -o");
        } catch (IOException e) {
            throw new Refusal(target + " cannot be written: " + e.getMessage() + "; name another place with -o");
        }
    }

    private long read(Consumer<JsonNode> document) {
        return RegistryExport.read(session.api(), at, document);
    }

    private long yaml(PrintWriter out) {
        long revision = read(document -> out.print(DocumentText.yaml(document)));
        out.flush();
        return revision;
    }

    private static void failed(PrintWriter out) throws IOException {
        if (out.checkError()) {
            throw new IOException("the disk does not take it all");
        }
    }

    private void folder(Path path) throws IOException {
        ExportFolder folder = new ExportFolder(path);
        long revision = read(folder::add);
        session.out().println("revision " + revision + " in " + folder.write() + " files of " + path);
    }

    /** Whole or not at all. */
    private void file(Path path) throws IOException {
        Path unfinished = Path.of(path + ".unfinished");
        try {
            long revision;
            try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(unfinished))) {
                revision = path.toString().endsWith(".json") ? json(out) : yaml(out);
                failed(out);
            }
            Files.move(unfinished, path, StandardCopyOption.REPLACE_EXISTING);
            session.out().println("revision " + revision + " in " + path);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private long json(PrintWriter out) {
        AtomicInteger count = new AtomicInteger();
        out.print("{\"documents\":[");
        long revision = read(
                document -> out.print((count.getAndIncrement() == 0 ? "\n" : ",\n") + DocumentText.json(document)));
        out.print("\n]}\n");
        return revision;
    }
}
