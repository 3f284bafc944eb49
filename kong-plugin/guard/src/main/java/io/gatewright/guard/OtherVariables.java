package io.gatewright.guard;

import java.util.Set;
import java.util.regex.Pattern;

/** Variables of the environment that begin like those of our servers and are not for them. Stateless. */
public final class OtherVariables {
    /** What the launcher and the command line read. */
    private static final Set<String> OF_OUR_OTHER_PROGRAMS =
            Set.of("GATEWRIGHT_NO_BUILD", "GATEWRIGHT_URL", "GATEWRIGHT_TOKEN", "GATEWRIGHT_TOKEN_FILE");

    /**
     * What Kubernetes tells each container of the Services beside it, such as one named {@code gatewright}
     * (kubernetes.io, "Accessing the Service", environment variables).
     */
    private static final Pattern OF_SERVICES = Pattern.compile(
            "GATEWRIGHT(_.+)?_" + "(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");

    private static final Pattern ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

    private OtherVariables() {}

    /** Whether it is one that a server of ours, which does not know the name, shall leave alone. */
    public static boolean has(String name, String value) {
        return OF_OUR_OTHER_PROGRAMS.contains(name)
                || OF_SERVICES.matcher(name).matches()
                || (name.endsWith("_PORT") && ADDRESS.matcher(value).matches());
    }
}
