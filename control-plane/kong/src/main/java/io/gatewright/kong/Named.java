package io.gatewright.kong;

import io.gatewright.settings.Body;
import io.gatewright.settings.Document;
import io.gatewright.settings.Kind;
import io.gatewright.settings.Settings;
import java.util.List;
import java.util.stream.Stream;

/** A document whose body is of one type, with its id. Immutable. */
record Named<B extends Body>(String id, B body, Document document) {

    /** All of a kind, sorted by id. */
    static <B extends Body> List<Named<B>> all(Settings settings, Kind kind, Class<B> type) {
        return settings.all(kind).stream()
                .flatMap(document -> type.isInstance(document.body())
                        ? Stream.of(new Named<>(document.key().id(), type.cast(document.body()), document))
                        : Stream.empty())
                .toList();
    }
}
