package io.gatewright.events;

import io.gatewright.events.LogReader.Row;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Reads the log page by page on a connection of its own, and while there is much to read, the next page while the last one
 * is handled. One thread at a time.
 *
 * <p>What stands at an offset never changes, so a page that was read early is as good as one read late.
 */
final class ReadAhead implements AutoCloseable {
    private static final int SMALLEST_PAGE = 50;
    private static final int WORTH_IT = 500; // a page of fewer rows is read sooner than a thread is started
    private static final long PAGE_CHARS = 4_000_000;

    private record Ahead(long from, Thread thread, FutureTask<List<Row>> task) {}

    private final Connection connection;
    private final LogReader reader;
    private int most = SMALLEST_PAGE;
    private @Nullable Ahead ahead;

    private ReadAhead(Connection connection, LogReader reader) {
        this.connection = connection;
        this.reader = reader;
    }

    static ReadAhead open(Connecting connecting, Consumer consumer, String member) throws SQLException {
        Connection connection = connecting.open();
        try (Statement statement = connection.createStatement()) {
            connection.setAutoCommit(true);
            statement.execute(
                    "SET application_name = '" + member + "-reads'; SET plan_cache_mode = force_generic_plan");
            return new ReadAhead(connection, new LogReader(connection, consumer.topics()));
        } catch (SQLException e) {
            Threads.close(connection);
            throw e;
        }
    }

    /** The rows from this offset on; none when there are no more. */
    List<Row> rows(long from) throws SQLException {
        Ahead early = finished();
        List<Row> rows = early != null && early.from() == from ? result(early) : List.of();
        if (rows.isEmpty()) {
            rows = reader.read(from, most);
        }
        if (!rows.isEmpty()) {
            resize(rows);
            if (rows.size() >= WORTH_IT) {
                start(rows.getLast().offset() + 1);
            }
        }
        return rows;
    }

    @Override
    public void close() throws SQLException {
        finished();
        connection.close();
    }

    private void start(long from) {
        FutureTask<List<Row>> task = new FutureTask<>(() -> reader.read(from, most));
        // A virtual thread would be parked and unparked for every 8 kB that the driver reads of a page of megabytes.
        Thread thread = Thread.ofPlatform().daemon().name("read-ahead").start(task);
        ahead = new Ahead(from, thread, task);
    }

    /** The page that was being read, after which the reader is free. */
    private @Nullable Ahead finished() {
        Ahead running = ahead;
        ahead = null;
        if (running != null) {
            Threads.join(running.thread());
        }
        return running;
    }

    private static List<Row> result(Ahead done) throws SQLException {
        if (done.task().state() == FutureTask.State.SUCCESS) {
            return done.task().resultNow();
        }
        Throwable failure = done.task().exceptionNow();
        switch (failure) {
            case SQLException e -> throw e;
            case RuntimeException e -> throw e;
            default -> throw new IllegalStateException(failure);
        }
    }

    /** Pages grow up to what is worth keeping in memory twice. */
    private void resize(List<Row> rows) {
        long chars = 0;
        for (Row row : rows) {
            chars += row.text() == null ? 0 : row.text().length();
        }
        most = chars > PAGE_CHARS ? Math.max(SMALLEST_PAGE, most / 2) : Math.min(LogReader.MOST, most * 2);
    }
}
