package io.gatewright.registry;

import static io.gatewright.registry.Samples.change;
import static io.gatewright.registry.Samples.key;
import static io.gatewright.registry.Samples.org;
import static io.gatewright.registry.Samples.set;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.settings.Body;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import io.gatewright.settings.SettingsChange;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SettingsFeedIT {
    private static final Duration NEVER = Duration.ofHours(1);

    @TempDir
    Path directory;

    private final BlockingQueue<SettingsChange> changes = new LinkedBlockingQueue<>();
    private final AtomicBoolean away = new AtomicBoolean();
    private TestDatabase database;
    private DataSource service;
    private Registry registry;

    @BeforeEach
    void migrate() {
        database = TestDatabase.migrated();
        service = database.service();
        registry = new Registry(service, Clock.systemUTC());
        registry.commit(set(org("acme", "Acme")));
    }

    @AfterEach
    void close() {
        database.close();
    }

    private SettingsFeed feed(SettingsFeed.Listening listening, Duration pollInterval, @Nullable Path file) {
        SettingsFeed feed = new SettingsFeed(
                () -> {
                    if (away.get()) {
                        throw new SQLException("away", "08001");
                    }
                    return listening.open();
                },
                service,
                file,
                pollInterval,
                Clock.systemUTC());
        feed.subscribe(changes::add);
        return feed;
    }

    private SettingsChange next() throws InterruptedException {
        SettingsChange change = changes.poll(20, TimeUnit.SECONDS);
        assertThat(change).as("a change within 20 s").isNotNull();
        return change;
    }

    private static @Nullable String name(Settings settings, String org) {
        Body.Org body = settings.body(Body.Org.class, Kind.ORG, org);
        return body == null ? null : body.name();
    }

    @Test
    void startsWithEverythingAndFollowsByNotification() throws Exception {
        try (SettingsFeed feed = feed(database::listener, NEVER, null)) {
            feed.start();
            assertThat(feed.current().revision()).isEqualTo(1);
            assertThat(next().changed()).containsExactly(key("org/acme"));
            assertThat(feed.status())
                    .satisfies(s -> assertThat(s.connected()).isTrue())
                    .satisfies(s -> assertThat(s.stale()).isFalse());

            registry.commit(set(org("acme", "Acme AG"), org("beta", "Beta")));

            SettingsChange change = next();
            assertThat(change.previous().revision()).isEqualTo(1);
            assertThat(change.current().revision()).isEqualTo(2);
            assertThat(change.changed()).containsExactlyInAnyOrder(key("org/acme"), key("org/beta"));
            assertThat(name(feed.current(), "acme")).isEqualTo("Acme AG");
            assertThat(feed.current().get(key("org/acme")))
                    .extracting(d -> d.version())
                    .isEqualTo(2L);
        }
    }

    @Test
    void followsByPollingAlone() throws Exception {
        try (SettingsFeed feed = feed(database::deafListener, Duration.ofMillis(20), null)) {
            feed.start();
            next();
            registry.commit(set(org("beta", "Beta")));
            assertThat(next().current().revision()).isEqualTo(2);
            registry.commit(set(change("org/beta", null)));
            assertThat(next().current().get(key("org/beta"))).isNull();
        }
    }

    @Test
    void knowsWhatWasCommittedOnceItHasLooked() throws Exception {
        try (SettingsFeed feed = feed(database::deafListener, NEVER, null)) {
            feed.look();
            assertThat(feed.current().revision()).isZero();
            feed.start();
            next();
            registry.commit(set(org("beta", "Beta")));
            feed.look();
            assertThat(feed.current().revision()).isEqualTo(2);
            assertThat(next().changed()).containsExactly(key("org/beta"));
        }
    }

    @Test
    void joinsManyRevisionsToOneChange() throws Exception {
        List<Long> seen = new ArrayList<>();
        try (SettingsFeed feed = feed(database::listener, NEVER, null)) {
            feed.subscribe(change -> {
                seen.add(change.current().revision());
                if (seen.size() == 1) {
                    for (int i = 0; i < 5; i++) {
                        registry.commit(set(org("acme", "Acme " + i)));
                    }
                }
            });
            feed.start();
            next();
            assertThat(next().changed()).containsExactly(key("org/acme"));
        }
        assertThat(seen).containsExactly(1L, 6L);
    }

    @Test
    void reconnectsWhenItsListenerIsCut() throws Exception {
        try (SettingsFeed feed = feed(database::listener, NEVER, null)) {
            feed.start();
            next();
            for (int i = 0; i < 3; i++) {
                assertThat(database.ask(
                                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = '"
                                        + TestDatabase.LISTENER + "' AND datname = current_database()"))
                        .isEqualTo("1");
                registry.commit(set(org("acme", "Acme " + i)));
                assertThat(name(next().current(), "acme")).isEqualTo("Acme " + i);
                registry.commit(set(org("acme", "Acme again " + i)));
                assertThat(name(next().current(), "acme")).isEqualTo("Acme again " + i);
            }
        }
    }

    @Test
    void goesOnWhenASubscriberThrows() throws Exception {
        try (SettingsFeed feed = new SettingsFeed(database::listener, service, null, NEVER, Clock.systemUTC())) {
            feed.subscribe(change -> {
                throw new IllegalStateException("a subscriber of this test always throws");
            });
            feed.subscribe(changes::add);
            feed.start();
            next();
            registry.commit(set(org("beta", "Beta")));
            assertThat(next().current().revision()).isEqualTo(2);
        }
    }

    @Test
    void startsFromTheLastGoodFileWhilePostgresIsAway() throws Exception {
        Path file = directory.resolve("deep/last-good.jsonl");
        try (SettingsFeed feed = feed(database::listener, NEVER, file)) {
            feed.start();
            next();
        }
        registry.commit(set(org("acme", "Acme AG")));
        away.set(true);
        try (SettingsFeed feed = feed(database::listener, NEVER, file)) {
            feed.start();
            assertThat(name(next().current(), "acme")).isEqualTo("Acme");
            assertThat(feed.status())
                    .satisfies(s -> assertThat(s.connected()).isFalse())
                    .satisfies(s -> assertThat(s.stale()).isTrue());

            away.set(false);
            SettingsChange caughtUp = next();
            assertThat(caughtUp.previous().revision()).isEqualTo(1);
            assertThat(caughtUp.changed()).containsExactly(key("org/acme"));
            assertThat(name(feed.current(), "acme")).isEqualTo("Acme AG");
        }
        assertThat(Files.readString(file)).contains("Acme AG");
        try (var files = Files.list(file.getParent())) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void startsWithNothingWhenTheFileIsDamaged() throws Exception {
        Path file = directory.resolve("last-good.jsonl");
        try (SettingsFeed feed = feed(database::listener, NEVER, file)) {
            feed.start();
            next();
        }
        Files.writeString(file, Files.readString(file).replace("Acme", "Acmf"));
        away.set(true);
        try (SettingsFeed feed = feed(database::listener, NEVER, file)) {
            feed.start();
            assertThat(feed.current()).isSameAs(Settings.EMPTY);
            assertThat(feed.status().stale()).isTrue();
            away.set(false);
            assertThat(next().current().revision()).isEqualTo(1);
        }
    }

    @Test
    void reloadsWhenTheDatabaseWasRestoredFromAnOlderBackup() throws Exception {
        try (SettingsFeed feed = feed(database::deafListener, Duration.ofMillis(20), null)) {
            feed.start();
            next();
            registry.commit(set(org("lost", "Lost")));
            assertThat(next().current().revision()).isEqualTo(2);

            database.tamper(
                    "DELETE FROM registry.document WHERE version = 2",
                    "DELETE FROM registry.change WHERE revision = 2",
                    "DELETE FROM registry.revision WHERE number = 2");

            SettingsChange back = next();
            assertThat(back.current().revision()).isEqualTo(1);
            assertThat(back.changed()).containsExactly(key("org/lost"));
        }
    }

    @Test
    void reloadsWhenARestoredDatabaseGrewPastItAgain() throws Exception {
        try (SettingsFeed feed = feed(database::listener, NEVER, null)) {
            feed.start();
            next();
            registry.commit(set(org("lost", "Lost")));
            next();
            database.tamper(
                    "DELETE FROM registry.document WHERE version = 2",
                    "DELETE FROM registry.change WHERE revision = 2",
                    "DELETE FROM registry.revision WHERE number = 2");

            registry.commit(set(org("found", "Found")));

            SettingsChange other = next();
            assertThat(other.current().revision()).isEqualTo(2);
            assertThat(other.changed()).containsExactlyInAnyOrder(key("org/lost"), key("org/found"));
        }
    }

    @Test
    void closesBeforeStartAndTwice() {
        SettingsFeed feed = feed(database::listener, NEVER, null);
        feed.close();
        feed.close();
        assertThat(feed.status().connected()).isFalse();
    }
}
