package io.gatewright.server.api;

import io.gatewright.events.Event;
import io.gatewright.events.EventPages;
import io.gatewright.events.EventPlace;
import io.gatewright.events.EventsException;
import io.gatewright.events.Hints;
import io.gatewright.server.Configuration;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Server-sent events (WHATWG HTML, "Server-sent events"), each stream on its client's virtual thread. Thread-safe.
 *
 * <p>A stream ends when its client is gone, which its place, told every ten seconds, shows; when the database cannot be read; and when
 * the process ends. The client connects again and says what it has seen.
 */
@ApplicationScoped
public class EventStreams {
    private static final Logger LOG = LoggerFactory.getLogger(EventStreams.class);
    private static final Pattern LINE_END = Pattern.compile("\r\n|\r|\n");
    private static final int PAGE = 200;
    private static final long ALIVE_NANOS = Duration.ofSeconds(10).toNanos();
    private static final Duration LOOK = Duration.ofSeconds(1); // without a hint

    private final EventPages pages;
    private final Hints hints;
    private final int most;
    private final Semaphore room;
    private volatile boolean ending;

    public EventStreams(EventPages pages, Hints hints, Configuration configuration) {
        this.pages = pages;
        this.hints = hints;
        this.most = configuration.events().streams();
        this.room = new Semaphore(most);
    }

    void end(@Observes ShutdownEvent event) {
        ending = true;
    }

    boolean hasRoom() {
        return room.availablePermits() > 0;
    }

    /** How many there may be at once. */
    int most() {
        return most;
    }

    /** Writes events from after that place on, until the stream ends. */
    void write(EventPlace place, @Nullable List<String> topics, OutputStream out) {
        if (!room.tryAcquire()) {
            return; // somebody was faster; the client comes again
        }
        try {
            follow(place, topics, out);
        } catch (IOException e) {
            LOG.debug("the reader of a stream of events has gone", e);
        } catch (EventsException e) {
            LOG.warn("event=stream_ended problem=\"{}\"", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            room.release();
        }
    }

    private void follow(EventPlace place, @Nullable List<String> topics, OutputStream out)
            throws IOException, InterruptedException {
        EventPlace from = place;
        write(out, "retry: 1000\n" + here(from));
        long written = System.nanoTime();
        while (!ending) {
            long seen = hints.count();
            EventPages.Page page = pages.after(from, PAGE, topics);
            if (page.missed()) {
                return; // the client is told when it comes again
            }
            if (!page.events().isEmpty()) {
                write(out, frames(page.events()));
                written = System.nanoTime();
            } else if (page.seen().equals(from)) {
                if (System.nanoTime() - written > ALIVE_NANOS) {
                    write(out, here(page.seen()));
                    written = System.nanoTime();
                }
                hints.await(seen, LOOK);
            }
            from = page.seen();
        }
    }

    /** Tells the client its place without an event, which shows whether it is there. */
    private static String here(EventPlace place) {
        return "id: " + place + "\n\n";
    }

    private static String frames(List<Event> events) {
        StringBuilder text = new StringBuilder();
        for (Event event : events) {
            text.append("id: ")
                    .append(new EventPlace(event.epoch(), event.offset()))
                    .append('\n');
            for (String line : LINE_END.split(event.text(), -1)) {
                text.append("data: ").append(line).append('\n');
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
