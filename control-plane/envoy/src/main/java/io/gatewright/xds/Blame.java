package io.gatewright.xds;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Whom of a rejected response its error names. Immutable.
 *
 * @param others the rest; empty if it names none, as then we cannot know
 */
record Blame(List<String> named, List<String> others) {
    static Blame of(Set<String> members, String error) {
        return Stream.of(NackText.reason(error), error)
                .map(text -> members.stream()
                        .filter(name -> NackText.mentions(text, name))
                        .toList())
                .filter(named -> !named.isEmpty())
                .findFirst()
                .map(named -> new Blame(
                        named,
                        members.stream().filter(name -> !named.contains(name)).toList()))
                .orElseGet(() -> new Blame(List.of(), List.of()));
    }
}
