package io.gatewright.guard;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The Prefer field (RFC 7240). Stateless. */
final class Prefer {
    private static final Pattern WAIT =
            Pattern.compile("(?:^|[,;])\\s*wait\\s*=\\s*\"?([0-9]{1,6})\"?\\s*(?:[,;]|$)", Pattern.CASE_INSENSITIVE);

    private Prefer() {}

    /** The seconds that the client would wait. */
    static Optional<Duration> wait(List<String> lines) {
        Matcher matcher = WAIT.matcher(String.join(",", lines));
        return matcher.find() ? Optional.of(Duration.ofSeconds(Long.parseLong(matcher.group(1)))) : Optional.empty();
    }
}
