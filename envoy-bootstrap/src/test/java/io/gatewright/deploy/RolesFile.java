package io.gatewright.deploy;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The compose file's {@code roles.sql}, which psql reads in the container, read as psql does. Stateless. */
final class RolesFile {
    private static final Pattern GETENV = Pattern.compile("(?m)^\\\\getenv (\\S+) (\\S+)$");
    private static final Pattern USED = Pattern.compile(":'([a-z_]+)'");

    private RolesFile() {}

    /** Runs it as the owner of the server, each statement by itself. */
    static void run(EmbeddedPostgres postgres) throws SQLException {
        String text = DeployFile.text("compose/roles.sql").replaceAll("(?m)^--.*$", "");
        Map<String, String> values = new HashMap<>();
        GETENV.matcher(text).results().forEach(line -> values.put(line.group(1), Secrets.sample(line.group(2))));
        String sql = USED.matcher(GETENV.matcher(text).replaceAll(""))
                .replaceAll(use -> Matcher.quoteReplacement("'" + values.get(use.group(1)) + "'"));
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            for (String one : sql.strip().split(";\\s*", 0)) {
                statement.execute(one);
            }
        }
    }
}
