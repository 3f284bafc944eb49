package io.gatewright.registry;

/** Waiting for threads at close. */
final class Threads {
    private Threads() {}

    /** Waits until it ended, through interrupts, which are kept for the caller. */
    static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
