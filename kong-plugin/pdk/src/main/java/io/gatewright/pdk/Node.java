package io.gatewright.pdk;

import io.gatewright.proto.kong.DictStats;
import io.gatewright.proto.kong.MemoryStats;
import java.util.List;

/** {@code kong.node}: this Kong. In every phase; in log from Kong 3.0. One thread at a time. */
public final class Node {
    private final Calls calls;

    Node(Calls calls) {
        this.calls = calls;
    }

    /**
     * Memory of Kong, all in bytes. Immutable.
     *
     * @param kong of the shared dictionary kong
     * @param kongDbCache of the shared dictionary kong_db_cache; Kong's messages carry no other
     */
    public record Memory(Dictionary kong, Dictionary kongDbCache, List<Worker> workers) {}

    /** A shared dictionary. Immutable. */
    public record Dictionary(long allocatedBytes, long capacityBytes) {}

    /** A worker's Lua VM. Immutable. */
    public record Worker(long pid, long allocatedBytes) {}

    /** The UUID of this Kong. */
    public String getId() {
        return calls.get(Ask.text(Method.NODE_GET_ID));
    }

    /** What memory Kong uses. */
    public Memory getMemoryStats() {
        return calls.get(Ask.of(Method.NODE_GET_MEMORY_STATS, Ask.NOTHING, MemoryStats.parser(), Node::memory));
    }

    private static Memory memory(MemoryStats stats) {
        return new Memory(
                dictionary(stats.getLuaSharedDicts().getKong()),
                dictionary(stats.getLuaSharedDicts().getKongDbCache()),
                stats.getWorkersLuaVmsList().stream()
                        .map(worker -> new Worker(worker.getPid(), worker.getHttpAllocatedGc()))
                        .toList());
    }

    private static Dictionary dictionary(DictStats stats) {
        return new Dictionary(stats.getAllocatedSlabs(), stats.getCapacity());
    }
}
