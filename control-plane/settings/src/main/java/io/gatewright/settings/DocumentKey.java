package io.gatewright.settings;

/** Names one document. Immutable. The id of a setting is {@code <scope>/<key>}, any other a plain {@link Ids id}. */
public record DocumentKey(Kind kind, String id) {
    /** Whether a change of it needs a second person: it says whose word is trusted, or opens what is closed. */
    public boolean sensitive() {
        return switch (kind) {
            case ISSUER -> true;
            case SETTING -> {
                Key<?> key = Catalog.find(id.substring(id.lastIndexOf('/') + 1));
                yield key != null && key.sensitive();
            }
            case ORG, TENANT, MODULE, LISTENER, SIGNING_KEYS -> false;
        };
    }

    @Override
    public String toString() {
        return kind.wireName() + "/" + id;
    }
}
