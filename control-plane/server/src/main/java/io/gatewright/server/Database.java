package io.gatewright.server;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/** Where the database is, for those who keep a connection outside the pool. Immutable. */
record Database(String url, String user, Configuration.Secret password) {
    /** A connection as the owner of the tables. */
    Connection open() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password.value());
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("connectTimeout", "5");
        return DriverManager.getConnection(url, properties);
    }

    /** One in the role of the service. */
    Connection openAsService() throws SQLException {
        Connection connection = open();
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET ROLE gatewright_service");
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }
}
