package io.gatewright.guard;

import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Fields.Field;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The fields of an answer that are kept for a replay, and so never what belongs to one connection, client or moment. Stateless. */
final class KeptFields {
    private static final int MOST_LINES = 64;
    private static final int MOST_BYTES = 16_384;

    private static final Set<String> KEPT = Set.of(
            "content-type",
            "content-language",
            "content-disposition",
            "content-encoding",
            "content-location",
            "deprecation",
            "etag",
            "last-modified",
            "link",
            "location",
            "preference-applied",
            "retry-after",
            "sunset",
            "vary");

    private KeptFields() {}

    static Set<String> names() {
        return KEPT;
    }

    /** Of the upstream's answer. What the Connection field names is of that connection only (RFC 9110 §7.6.1). */
    static Fields of(Fields answer) {
        Set<String> ofTheConnection = answer.all("connection").stream()
                .flatMap(line -> Arrays.stream(line.split(",")))
                .map(name -> name.strip().toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
        Fields kept = answer.where(
                line -> KEPT.contains(line.name()) && !ofTheConnection.contains(line.name()) && isClean(line));
        int bytes = kept.lines().stream()
                .mapToInt(line -> line.name().length() + line.value().length())
                .sum();
        return kept.lines().size() <= MOST_LINES && bytes <= MOST_BYTES ? kept : kept.where(KeptFields::isEssential);
    }

    /** Of what was stored: again, since others can write to a database. */
    static Fields replayed(Fields stored) {
        return stored.where(line -> KEPT.contains(line.name()) && isClean(line));
    }

    /** A value that would end its line would begin another one of somebody's choice. */
    private static boolean isClean(Field line) {
        return line.value().chars().allMatch(c -> c != '\r' && c != '\n' && c != 0);
    }

    private static boolean isEssential(Field line) {
        return Set.of("content-type", "content-encoding", "etag", "location").contains(line.name())
                && line.value().length() <= 2_000;
    }
}
