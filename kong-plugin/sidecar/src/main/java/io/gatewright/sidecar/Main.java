package io.gatewright.sidecar;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process. {@code migrate} brings the tables up to date and ends; {@code dump-to DIRECTORY} writes what Kong's
 * {@code query_cmd} prints and ends; {@code rehearse} starts and ends without anything behind it, for the build; without
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
            boolean migrates = args.length == 1 && args[0].equals("migrate");
            if (args.length > 0 && !migrates) {
                System.err.println("The sidecar does not know " + String.join(" ", args)
                        + "; give migrate, dump-to DIRECTORY, or nothing to serve.");
                System.exit(2);
            }
            SidecarOptions options = SidecarOptions.read(System.getenv());
            if (migrates) {
                io.gatewright.guard.store.Migrations.migrate(
                        options.databaseUrl(), options.databaseUser(), options.databasePassword());
                return;
            }
            Sidecar sidecar = new Sidecar(options);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(sidecar), "stop"));
            LOG.info("event=sidecar_serves options={}", options);
        } catch (SidecarOptions.Invalid e) {
            System.err.println(e.getMessage());
            System.exit(2);
        } catch (Exception e) {
            System.err.println("The sidecar cannot start: " + e.getMessage());
            System.exit(1);
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
