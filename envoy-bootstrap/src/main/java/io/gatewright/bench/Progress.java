package io.gatewright.bench;

/** Says on standard error how far a bench is. Stateless. */
final class Progress {
    private Progress() {}

    static void say(String what) {
        System.err.println("bench: " + what);
    }
}
