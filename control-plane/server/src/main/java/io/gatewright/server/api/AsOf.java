package io.gatewright.server.api;

import io.gatewright.registry.History;
import io.gatewright.registry.SettingsFeed;
import io.gatewright.settings.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/**
 * Settings as of a revision or a time: what the parameter {@code at} asks for. Thread-safe.
 *
 * <p>A time stands for the newest revision that is not later by the database's clock. When that clock was set back, a
 * revision can have an earlier time than the one before it; the later revision counts then.
 */
@ApplicationScoped
public class AsOf {
    /** How far another machine's clock may be ahead before its time is one to come. */
    private static final Duration AHEAD = Duration.ofMinutes(1);

    private final SettingsFeed feed;
    private final History history;
    private final Clock clock;

    public AsOf(SettingsFeed feed, History history, Clock clock) {
        this.feed = feed;
        this.history = history;
        this.clock = clock;
    }

    /** The settings of then, or of now when {@code at} is null. */
    Settings settings(@Nullable String at) {
        if (at == null) {
            return feed.current();
        }
        Settings newest = newest();
        return history.before(newest, revision(at, newest.revision()));
    }

    /** The newest settings, with what was committed just now. */
    Settings newest() {
        feed.look();
        return feed.current();
    }

    /** The number of the revision that {@code at} names. */
    long revision(String at) {
        return revision(at, newest().revision());
    }

    /** The number of a revision that exists, or 0 for before the first. */
    static long number(String name, String value, long newest) {
        long number = Requested.number(name, value);
        if (number > newest) {
            throw Refusal.notFound(
                    name, "revision " + number, "name one from 0, before the first, to " + newest + ", the newest");
        }
        return number;
    }

    private long revision(String at, long newest) {
        if (at.matches("[0-9]+")) {
            return number("at", at, newest);
        }
        Instant time = time(at);
        Instant now = clock.instant();
        if (time.isAfter(now.plus(AHEAD))) {
            throw Refusal.badRequest("at", "is still to come, it is " + now + " now", "name a time that has passed");
        }
        return Math.min(newest, history.revisionAt(time));
    }

    private static Instant time(String at) {
        try {
            return OffsetDateTime.parse(at).toInstant();
        } catch (DateTimeException e) {
            throw Refusal.badRequest(
                    "at",
                    "is neither a revision nor a time",
                    "write a number such as 42, or a time with its offset such as 2026-05-04T06:00:00Z, a + as %2B");
        }
    }
}
