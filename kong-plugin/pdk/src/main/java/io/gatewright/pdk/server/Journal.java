package io.gatewright.pdk.server;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the server itself has to say, on stderr. Thread-safe. Never blocks the one who says it: Kong reads the stream in one of its
 * workers, and when that stalls, lines are dropped and counted.
 */
final class Journal {
    private static final int QUEUE_LENGTH = 1024;
    private static final int MOST_FRAMES = 30;

    private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(QUEUE_LENGTH);
    private final AtomicLong dropped = new AtomicLong();
    private final PrintStream out;

    Journal(PrintStream out) {
        this.out = out;
        Thread.ofPlatform().daemon().name("journal").start(this::print);
    }

    void say(String line) {
        if (!lines.offer(line)) {
            dropped.incrementAndGet();
        }
    }

    /** With where a handler failed, as far as the frames are the plugin's. */
    void say(String line, Throwable e) {
        StringBuilder text = new StringBuilder(line).append(": ").append(e);
        Arrays.stream(e.getStackTrace())
                .takeWhile(frame -> !frame.getClassName().equals(Instance.class.getName()))
                .limit(MOST_FRAMES)
                .forEach(frame -> text.append("\n  at ").append(frame));
        if (e.getCause() != null) {
            text.append("\n  because of ").append(e.getCause());
        }
        say(text.toString());
    }

    private void print() {
        while (true) {
            try {
                String line = lines.take();
                long lost = dropped.getAndSet(0);
                if (lost > 0) {
                    out.println("pdk: " + lost + " lines dropped");
                }
                out.println("pdk: " + line);
            } catch (InterruptedException e) {
                return;
            } catch (OutOfMemoryError e) {
                dropped.incrementAndGet();
            }
        }
    }
}
