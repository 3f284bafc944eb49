package io.gatewright.demo;

import io.gatewright.envoybootstrap.HttpConnection.Answer;
import java.io.PrintStream;
import java.util.List;

/** Tells the story, and keeps count of what was not as expected. One thread at a time. */
final class Narrator {
    private final PrintStream out;
    private int steps;
    private int surprises;

    Narrator(PrintStream out) {
        this.out = out;
    }

    void setting(String what) {
        out.println("  starting " + what);
        out.flush();
    }

    void chapter(String title) {
        out.println();
        out.println("── " + title);
    }

    void request(String method, String path, List<String> headers) {
        out.println("   → " + method + " " + path);
        headers.forEach(header -> out.println("       " + shortened(header)));
    }

    void answer(Answer answer, String... headers) {
        out.println("   ← " + answer.status());
        for (String name : headers) {
            String value = answer.header(name);
            if (value != null) {
                out.println("       " + name + ": " + value);
            }
        }
        if (answer.status() >= 400 && !answer.body().isBlank()) {
            out.println("       " + answer.body().strip());
        }
    }

    void says(String line) {
        line.lines().forEach(text -> out.println("   " + text));
    }

    /** Notes whether something was as expected, and says so when it was not. */
    void expect(String what, boolean asExpected) {
        steps++;
        if (!asExpected) {
            surprises++;
            out.println("   ✗ NOT AS EXPECTED: " + what);
        } else {
            out.println("   ✓ " + what);
        }
        out.flush();
    }

    boolean allAsExpected() {
        out.println();
        out.println(
                surprises == 0
                        ? "All " + steps + " expectations of the story were met."
                        : surprises + " of " + steps + " expectations of the story were NOT met.");
        return surprises == 0;
    }

    private static String shortened(String header) {
        return header.length() > 60 ? header.substring(0, 57) + "…" : header;
    }
}
