package io.gatewright.server;

import io.gatewright.registry.Migrations;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;

/**
 * Starts the control plane: reads the configuration, brings up the database, then hands over to Quarkus. What can go wrong
 * for reasons outside is said here in one sentence, with exit code 1, or 2 for a wrong configuration.
 */
@QuarkusMain
public final class Main {
    private Main() {}

    public static void main(String... args) {
        Configuration configuration;
        try {
            configuration = Configuration.read(List.of(args), System.getenv());
        } catch (Configuration.Invalid e) {
            String.valueOf(e.getMessage()).lines().forEach(line -> System.err.println("gatewright: " + line));
            System.exit(2);
            return;
        }
        DatabaseEnd end = new DatabaseEnd();
        try {
            requireFree(configuration.httpHost(), configuration.httpPort(), ConfigurationKey.HTTP_PORT);
            requireFree(configuration.xdsHost(), configuration.xdsPort(), ConfigurationKey.XDS_PORT);
            EmbeddedDatabase embedded = configuration.dbUrl().isEmpty()
                    ? end.of(EmbeddedDatabase.start(configuration.dataDir(), configuration.ephemeral()))
                    : null;
            String url = embedded == null ? configuration.dbUrl() : embedded.url();
            String user = embedded == null ? configuration.dbUser() : embedded.user();
            String password = embedded == null ? configuration.dbPassword().value() : embedded.password();
            migrate(url, user, password);
            configureQuarkus(configuration, url, user, password);
        } catch (StartupFailure e) {
            System.err.println("gatewright: " + e.getMessage());
            System.exit(1);
        }
        end.inUse();
        Quarkus.run(
                null,
                (code, failure) -> {
                    end.unused();
                    if (failure != null) {
                        System.err.println("gatewright: " + rootMessage(failure));
                    }
                    System.exit(failure == null ? code : 1);
                },
                args);
    }

    private static void requireFree(String host, int port, ConfigurationKey key) throws StartupFailure {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
        } catch (IOException e) {
            throw new StartupFailure(
                    "Port " + port + " on " + host + " is in use; stop what uses it or choose another with "
                            + key.flag(),
                    e);
        }
    }

    private static void migrate(String url, String user, String password) throws StartupFailure {
        try {
            Migrations.migrate(url, user, password);
        } catch (RuntimeException e) {
            throw new StartupFailure(
                    String.valueOf(e.getMessage()).lines().findFirst().orElse(""), e);
        }
    }

    private static void configureQuarkus(Configuration configuration, String url, String user, String password) {
        set("quarkus.http.host", configuration.httpHost());
        set("quarkus.http.port", Integer.toString(configuration.httpPort()));
        set("quarkus.datasource.jdbc.url", url);
        set("quarkus.datasource.username", user);
        set("quarkus.datasource.password", password);
        set("quarkus.datasource.jdbc.max-size", Integer.toString(configuration.dbPoolSize()));
        set("quarkus.log.console.json.enabled", Boolean.toString(configuration.jsonLogs()));
        if (!configuration.api().issuer().isEmpty()) {
            set("quarkus.oidc.tenant-enabled", "true");
            set("quarkus.oidc.auth-server-url", configuration.api().issuer());
            set("quarkus.oidc.token.issuer", configuration.api().issuer());
            set("quarkus.oidc.token.audience", configuration.api().audience());
        }
    }

    private static void set(String property, String value) {
        System.setProperty(property, value);
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }
}
