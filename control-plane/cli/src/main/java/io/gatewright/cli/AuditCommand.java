package io.gatewright.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatewright.audit.AuditChain.Verdict;
import io.gatewright.audit.AuditFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "audit",
        description = "Takes the history elsewhere, and shows whether it was touched.",
        subcommands = {AuditCommand.Export.class, AuditCommand.Verify.class},
        synopsisSubcommandLabel = "VERB")
final class AuditCommand implements Runnable {
    @SuppressWarnings("NullAway.Init") // picocli sets it
    @Spec
    private CommandSpec spec;

    @SuppressWarnings("UnusedVariable") // picocli reads it
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Prints this.")
    private boolean help;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what: audit export or audit verify.");
    }

    @Command(
            name = "export",
            description = "Writes the history to a new file, one JSON object a line, and verifies it.",
            footer = {
                "",
                "Keep the head that it prints elsewhere: with --head, 'gatewright audit verify' then also sees",
                "that the end of a later export was cut off, or that all of it was rewritten."
            })
    static final class Export implements Runnable {
        @Mixin
        private final Session session = new Session();

        @Parameters(index = "0", paramLabel = "FILE", description = "Must not exist yet.")
        private Path file = Path.of("");

        @Option(names = "--from", paramLabel = "REVISION", description = "The first one; else 1.")
        private @Nullable Long from;

        @Option(names = "--to", paramLabel = "REVISION", description = "The last one; else the newest.")
        private @Nullable Long to;

        @Override
        public void run() {
            String query =
                    Api.query("from", from == null ? null : from.toString(), "to", to == null ? null : to.toString());
            Api api = session.api();
            try (OutputStream out =
                    Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                api.download("/v1/audit/export" + query, out);
            } catch (FileAlreadyExistsException e) {
                throw session.usage(file + " exists already; name another file, or remove it");
            } catch (Refusal e) {
                file.toFile().delete();
                throw e;
            } catch (IOException e) {
                throw session.usage(file + " cannot be written: " + e.getMessage());
            }
            print(session, file.toString(), verdict(session, file, null));
        }
    }

    @Command(
            name = "verify",
            description = "Recomputes the chain of hashes and names the first revision that was altered.",
            footer = {
                "",
                "A FILE is verified offline. Without one the control plane verifies its database, and compares the",
                "documents of now with what the history says.",
                "",
                "Exit code: 0 intact, 1 altered."
            })
    static final class Verify implements Runnable {
        @Mixin
        private final Session session = new Session();

        @Parameters(index = "0", arity = "0..1", paramLabel = "FILE", description = "See: gatewright audit export.")
        private @Nullable Path file;

        @Option(
                names = "--head",
                paramLabel = "HASH",
                description = "The hash of a revision that was kept elsewhere; one of FILE must have it.")
        private @Nullable String head;

        @Override
        public void run() {
            if (head != null && (file == null || !head.matches("[0-9a-f]{64}"))) {
                throw session.usage("--head takes the 64 hexadecimal digits that an export printed, and needs a FILE");
            }
            if (file != null) {
                print(session, file.toString(), verdict(session, file, head));
            } else {
                JsonNode answer = session.api().get("/v1/audit/verify");
                print(session, "the registry", verdict(answer));
            }
        }
    }

    private static Verdict verdict(Session session, Path file, @Nullable String head) {
        try (InputStream in = Files.newInputStream(file)) {
            return AuditFile.verify(in, head);
        } catch (NoSuchFileException e) {
            throw session.usage(file + " does not exist");
        } catch (IOException e) {
            throw session.usage(file + " cannot be read: " + e.getMessage());
        }
    }

    private static Verdict verdict(JsonNode answer) {
        return answer.path("intact").asBoolean()
                ? new Verdict.Intact(
                        1,
                        answer.path("revisions").asLong(),
                        answer.path("head").asText())
                : new Verdict.Altered(
                        answer.path("revision").asLong(), answer.path("why").asText());
    }

    private static void print(Session session, String what, Verdict verdict) {
        switch (verdict) {
            case Verdict.Intact intact -> {
                ObjectNode json = JsonNodeFactory.instance
                        .objectNode()
                        .put("intact", true)
                        .put("from", intact.from())
                        .put("to", intact.to())
                        .put("head", intact.head());
                session.print(
                        json,
                        () -> what + ": revisions " + intact.from() + " to " + intact.to() + " are intact\nhead "
                                + intact.head() + "\n");
            }
            case Verdict.Altered altered ->
                throw new Refusal(what + ": altered at revision " + altered.revision() + ": " + altered.why()
                        + "; what stands before it is intact");
            case Verdict.Unknown unknown -> throw new Refusal(what + ": " + unknown.why());
        }
    }
}
