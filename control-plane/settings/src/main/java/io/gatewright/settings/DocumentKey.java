package io.gatewright.settings;

/** Names one document. Immutable. The id of a setting is {@code <scope>/<key>}, any other a plain {@link Ids id}. */
public record DocumentKey(Kind kind, String id) {
    @Override
    public String toString() {
        return kind.wireName() + "/" + id;
    }
}
