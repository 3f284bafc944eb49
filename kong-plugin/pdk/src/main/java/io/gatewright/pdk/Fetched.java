package io.gatewright.pdk;

import java.util.List;
import java.util.function.Supplier;

/** The answers to several questions. Belongs to the thread of the handler. */
public final class Fetched {
    private final Ask<?>[] asks;
    private final List<Supplier<?>> answers;

    Fetched(Ask<?>[] asks, List<Supplier<?>> answers) {
        this.asks = asks;
        this.answers = answers;
    }

    /**
     * The answer to one of the questions.
     *
     * @param ask the very object that was asked
     * @throws IllegalArgumentException if it was not
     */
    @SuppressWarnings({"unchecked", "ReferenceEquality"}) // The answer at the place of an Ask<T> is a T.
    public <T> T get(Ask<T> ask) {
        for (int i = 0; i < asks.length; i++) {
            if (asks[i] == ask) {
                return (T) answers.get(i).get();
            }
        }
        throw new IllegalArgumentException(
                "Not among the questions of this fetch: " + ask.method().wireName());
    }
}
