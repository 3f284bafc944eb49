package io.gatewright.xds;

import com.google.protobuf.ByteString;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The content of one response: additions only, removals only, or nothing; and in a state-of-the-world client's first response
 * about a collection both. Immutable once built.
 *
 * @param members by resource name, in sending order
 * @param beside what such a client already has and must be told again, or it would drop it
 */
record Batch(ResourceType type, Map<String, Member> members, WholeSet beside) {
    Batch(ResourceType type, Map<String, Member> members) {
        this(type, members, WholeSet.EMPTY);
    }

    /**
     * One name.
     *
     * @param version the hash of the content, also if the bytes are salted; empty for a removal
     * @param revision the revision the client is at once it has accepted this
     * @param packed the bytes to send; null for a removal
     */
    record Member(String version, long revision, @Nullable ByteString packed) {
        static Member removal(long revision) {
            return new Member("", revision, null);
        }

        boolean isRemoval() {
            return packed == null;
        }
    }

    /** The same content beside all else that the client has. */
    Batch beside(WholeSet held) {
        return new Batch(type, members, held.retain(name -> !members.containsKey(name)));
    }

    /** Resources, and names of removed ones. */
    int size() {
        return members.size() + beside.members().size();
    }

    boolean hasAdditions() {
        return members.values().stream().anyMatch(member -> !member.isRemoval());
    }

    /** What was sent under this name, which must be a member. */
    Member member(String name) {
        Member member = members.get(name);
        if (member == null) {
            throw new IllegalArgumentException(key(name) + " is not in this response");
        }
        return member;
    }

    ResourceKey key(String name) {
        return new ResourceKey(type, name);
    }
}
