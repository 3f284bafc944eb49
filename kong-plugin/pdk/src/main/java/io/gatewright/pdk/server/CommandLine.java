package io.gatewright.pdk.server;

import io.gatewright.pdk.KongPlugin;
import io.gatewright.pdk.KongVersion;
import io.gatewright.pdk.Log;
import io.gatewright.pdk.config.ConfigProblem;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a plugin server understands on its command line: the flags of Kong's other plugin servers, with one dash or two, and some of its own.
 * One thread at a time, once.
 */
final class CommandLine {
    private static final int WRONG_USE = 2;
    private static final int LONGEST_START_MILLIS = 50;
    private static final String USAGE = """
            A plugin server for Kong. Without a flag that says otherwise it serves.

              --kong-prefix DIR     Kong's prefix, in which the socket lies (/usr/local/kong)
              --socket-name NAME    the socket's file name (the first plugin's name and .socket)
              --target-kong VERSION the Kong it runs for (3.9); later calls and schema attributes are left out
              --log-level LEVEL     kong.log calls below it are not sent: debug, info, notice, warn, err, crit, alert (notice)
              --handler-limit SEC   how long a handler may take, waits for Kong not counted (50)
              --exit-with-parent    end when the process that started this one does
              --dump                print what Kong's query_cmd has to print, and end
              --plugin NAME         with --dump: only this plugin
              --dump-to DIR         write DIR/NAME.json for each plugin, for a query_cmd of cat, and end
              --rehearse CONFIG     run each handler 200 times with this config (JSON) and a Kong that answers nothing, and
                                    end; for -XX:AOTCacheOutput
              --version             print the plugins and their versions, and end
              --help                print this, and end

            All flags work with one dash too.
            """;

    private final PrintStream out;
    private final PrintStream err;

    private Path prefix = Path.of("/usr/local/kong");
    private @Nullable String socketName;
    private KongVersion target = KongVersion.DEFAULT;
    private Log.Level threshold = Log.Level.NOTICE;
    private Duration handlerLimit = ServerOptions.HANDLER_LIMIT;
    private boolean exitWithParent;
    private boolean dump;
    private boolean help;
    private boolean version;
    private @Nullable String only;
    private @Nullable Path dumpTo;
    private @Nullable String rehearsed;

    CommandLine(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** Does it; an exit status, 0 also when the server runs now. */
    int run(List<String> args, List<KongPlugin<?>> given) {
        try {
            read(new ArrayDeque<>(args));
            if (help) {
                print(USAGE);
                return 0;
            }
            ServerOptions options = options(given);
            Plugins plugins = new Plugins(given, options, Instant.EPOCH);
            if (version) {
                plugins.all()
                        .forEach(entry ->
                                print(entry.name() + " " + entry.plugin().version() + "\n"));
                return 0;
            }
            if (dumpTo != null) {
                write(plugins, dumpTo);
                return 0;
            }
            if (dump) {
                print(Dump.of(plugins, chosen(plugins)) + "\n");
                return 0;
            }
            if (rehearsed != null) {
                rehearse(plugins, given, rehearsed);
                return 0;
            }
            serve(options, given);
            return 0;
        } catch (IllegalArgumentException e) {
            err.println("pdk: " + e.getMessage());
            return WRONG_USE;
        } catch (IOException e) {
            err.println("pdk: " + e.getMessage());
            return 1;
        }
    }

    private static void rehearse(Plugins plugins, List<KongPlugin<?>> given, String config) throws IOException {
        for (PluginEntry<?> entry : plugins.all()) {
            try {
                var _ = entry.config().read(config.getBytes(StandardCharsets.UTF_8));
            } catch (ConfigProblem e) {
                throw new IllegalArgumentException(
                        "--rehearse: plugin " + entry.name() + " has no use for this config: " + e.getMessage(), e);
            }
        }
        Path directory = Files.createTempDirectory("kong");
        ServerOptions options = ServerOptions.at(directory.resolve("rehearsal.socket"));
        try (KongPluginServer server = KongPluginServer.start(options, given.toArray(KongPlugin<?>[]::new))) {
            new Rehearsal(server.socket(), config).of(plugins.all());
        } finally {
            Files.deleteIfExists(options.socket());
            Files.deleteIfExists(directory);
        }
    }

    private static void serve(ServerOptions options, List<KongPlugin<?>> given) throws IOException {
        CompletableFuture<@Nullable KongPluginServer> starting = new CompletableFuture<>();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(starting), "end"));
        starting.complete(KongPluginServer.start(options, given.toArray(KongPlugin<?>[]::new)));
    }

    /** Told to end while it starts, the server has its socket sooner than this thread has the server. */
    private static void end(CompletableFuture<@Nullable KongPluginServer> starting) {
        KongPluginServer server = starting.completeOnTimeout(null, LONGEST_START_MILLIS, TimeUnit.MILLISECONDS)
                .join();
        if (server != null) {
            server.close();
        }
    }

    private void read(Deque<String> args) {
        while (!args.isEmpty()) {
            String arg = args.removeFirst();
            int equals = arg.indexOf('=');
            if (equals > 0) {
                args.addFirst(arg.substring(equals + 1));
            }
            String flag = (equals > 0 ? arg.substring(0, equals) : arg).replaceFirst("^--?(?=[a-z])", "--");
            switch (flag) {
                case "--kong-prefix" -> prefix = Path.of(value(flag, args));
                case "--socket-name" -> socketName = value(flag, args);
                case "--target-kong" -> target = KongVersion.parse(value(flag, args));
                case "--log-level" -> threshold = level(value(flag, args));
                case "--handler-limit" -> handlerLimit = seconds(value(flag, args));
                case "--plugin" -> only = value(flag, args);
                case "--dump-to" -> dumpTo = Path.of(value(flag, args));
                case "--rehearse" -> rehearsed = value(flag, args);
                case "--exit-with-parent" -> exitWithParent = isSet(flag, equals);
                case "--dump" -> dump = isSet(flag, equals);
                case "--version" -> version = isSet(flag, equals);
                case "--help" -> help = isSet(flag, equals);
                default ->
                    throw new IllegalArgumentException("There is no flag " + arg + "; --help shows those there are");
            }
        }
    }

    private static boolean isSet(String flag, int equals) {
        if (equals > 0) {
            throw new IllegalArgumentException(flag + " takes no value");
        }
        return true;
    }

    private static String value(String flag, Deque<String> args) {
        if (args.isEmpty()) {
            throw new IllegalArgumentException(flag + " needs a value; --help shows which");
        }
        return args.removeFirst();
    }

    private static Log.Level level(String name) {
        try {
            return Log.Level.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "--log-level '" + name + "' is none of debug, info, notice, warn, err, crit, alert", e);
        }
    }

    private static Duration seconds(String text) {
        try {
            int seconds = Integer.parseInt(text);
            if (seconds >= 1 && seconds <= 3600) {
                return Duration.ofSeconds(seconds);
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--handler-limit '" + text + "' is no whole number of seconds", e);
        }
        throw new IllegalArgumentException("--handler-limit " + text + " is outside of 1 to 3600 seconds");
    }

    private ServerOptions options(List<KongPlugin<?>> given) {
        if (given.isEmpty()) {
            throw new IllegalArgumentException("There is no plugin to serve; give run at least one");
        }
        String name = socketName == null ? given.getFirst().name() + ".socket" : socketName;
        return new ServerOptions(prefix.resolve(name), target, threshold, handlerLimit, exitWithParent);
    }

    private Collection<PluginEntry<?>> chosen(Plugins plugins) {
        if (only == null) {
            return plugins.all();
        }
        PluginEntry<?> entry = plugins.get(only);
        if (entry == null) {
            throw new IllegalArgumentException("There is no plugin " + only + " here, but "
                    + plugins.all().stream().map(PluginEntry::name).toList());
        }
        return Set.of(entry);
    }

    private static void write(Plugins plugins, Path directory) throws IOException {
        Files.createDirectories(directory);
        for (PluginEntry<?> entry : plugins.all()) {
            Files.writeString(directory.resolve(entry.name() + ".json"), Dump.of(plugins, Set.of(entry)) + "\n");
        }
    }

    /** In UTF-8, whatever the locale of the process, which Kong leaves without one. */
    private void print(String text) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
