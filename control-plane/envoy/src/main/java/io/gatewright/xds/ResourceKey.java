package io.gatewright.xds;

/** Names one resource. Immutable. */
public record ResourceKey(ResourceType type, String name) {
    @Override
    public String toString() {
        return type + "/" + name;
    }
}
