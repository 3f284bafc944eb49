package io.gatewright.testkit;

import java.time.DateTimeException;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * nginx's filter on responses that Lua prints, buffered or by exit: a 200 is held against the request's conditions, though its
 * validators are those of the new state (seen on Kong 3.9.3). Thread-safe: pure functions.
 */
final class ConditionFilter {
    /** What becomes of the response. */
    enum Fate {
        PASSES,
        NOT_MODIFIED,
        FAILED
    }

    private ConditionFilter() {}

    static Fate of(HeaderMap request, Answer answer) {
        if (answer.status != 200) {
            return Fate.PASSES;
        }
        Optional<ZonedDateTime> modified = date(answer.headers.first("last-modified"));
        String match = request.first("if-match");
        if (match != null && !match.strip().equals("*") && !names(match, answer.etag(), true)) {
            return Fate.FAILED;
        }
        Optional<ZonedDateTime> unmodifiedSince = date(request.first("if-unmodified-since"));
        if (unmodifiedSince.isPresent() && (modified.isEmpty() || modified.get().isAfter(unmodifiedSince.get()))) {
            return Fate.FAILED;
        }
        String noneMatch = request.first("if-none-match");
        if (noneMatch != null) {
            boolean same = noneMatch.strip().equals("*") || names(noneMatch, answer.etag(), false);
            return same ? Fate.NOT_MODIFIED : Fate.PASSES;
        }
        Optional<ZonedDateTime> modifiedSince = date(request.first("if-modified-since"));
        return modifiedSince.isPresent() && modifiedSince.equals(modified) ? Fate.NOT_MODIFIED : Fate.PASSES;
    }

    private static boolean names(String list, @Nullable String etag, boolean strong) {
        if (etag == null || (strong && etag.startsWith("W/"))) {
            return false;
        }
        String wanted = strong ? etag : opaque(etag);
        return Arrays.stream(list.split(","))
                .map(String::strip)
                .anyMatch(tag -> (strong ? tag : opaque(tag)).equals(wanted));
    }

    private static String opaque(String tag) {
        return tag.startsWith("W/") ? tag.substring(2) : tag;
    }

    private static Optional<ZonedDateTime> date(@Nullable String header) {
        if (header == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(ZonedDateTime.parse(header, DateTimeFormatter.RFC_1123_DATE_TIME));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
