package io.gatewright.sidecar;

import io.agroal.api.AgroalDataSource;
import io.gatewright.guard.KeyDesk;
import io.gatewright.guard.store.IdempotencyStore;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process. {@code migrate} brings the tables up to date and ends; {@code dump-to DIRECTORY} writes what Kong's
 * {@code query_cmd} prints and ends; {@code key} shows and settles one key; {@code rehearse} starts and ends without anything behind it, for the build; without
 * arguments it serves.
 */
public final class Main {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);

    private Main() {}

    /** Exits with 2 when the environment is wrong, with 1 when the machine or Postgres does not let it serve. */
    public static void main(String[] args) {
        if (args.length == 2 && args[0].equals("dump-to")) {
            Rehearsal.describe(args[1]);
            return;
        }
        try {
            if (args.length == 1 && args[0].equals("rehearse")) {
                Rehearsal.play();
                return;
            }
            switch (args.length == 0 ? "" : args[0]) {
                case "" -> serve(SidecarOptions.read(System.getenv()));
                case "migrate" -> {
                    SidecarOptions options = SidecarOptions.read(System.getenv());
                    io.gatewright.guard.store.Migrations.migrate(
                            options.databaseUrl(), options.databaseUser(), options.databasePassword());
                }
                case "key" ->
                    tell(KeyCommand.read(List.of(args).subList(1, args.length)), SidecarOptions.read(System.getenv()));
                default ->
                    throw new KeyCommand.Invalid("The sidecar does not know " + String.join(" ", args)
                            + "; give migrate, dump-to DIRECTORY, nothing to serve, or");
            }
        } catch (SidecarOptions.Invalid | KeyCommand.Invalid e) {
            System.err.println(e.getMessage());
            System.exit(2);
        } catch (Exception e) {
            System.err.println(
                    "The sidecar cannot " + (args.length == 0 ? "start" : "do " + args[0]) + ": " + e.getMessage());
            System.exit(1);
        }
    }

    private static void serve(SidecarOptions options) throws Exception {
        Sidecar sidecar = new Sidecar(options);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(sidecar), "stop"));
        LOG.info("event=sidecar_serves options={}", options);
    }

    private static void tell(KeyCommand command, SidecarOptions options) throws Exception {
        try (AgroalDataSource pool = Sidecar.patientPool(options)) {
            IdempotencyStore store = new IdempotencyStore(pool, IdempotencyStore.Options.DEFAULT);
            Optional<String> said = command.run(new KeyDesk(store, options.peppers()));
            if (said.isEmpty()) {
                System.err.println(
                        command.verb().equals("show")
                                ? "Nobody remembers this key; it is free."
                                : "The outcome of this key is not unknown; see key show.");
                System.exit(1);
            }
            System.out.println(said.get());
        }
    }

    private static void stop(Sidecar sidecar) {
        try {
            sidecar.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
