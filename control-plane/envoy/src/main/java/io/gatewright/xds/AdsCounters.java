package io.gatewright.xds;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** Totals since the start of the process, for metrics. Thread-safe. */
public final class AdsCounters {
    private final Map<ResourceType, LongAdder> responses = adders();
    private final Map<ResourceType, LongAdder> resources = adders();
    private final Map<ResourceType, LongAdder> bytes = adders();
    private final Map<ResourceType, LongAdder> acks = adders();
    private final Map<ResourceType, LongAdder> nacks = adders();
    private final LongAdder reconnects = new LongAdder();
    private final AtomicInteger streamsOpen = new AtomicInteger();

    AdsCounters() {}

    public long responses(ResourceType type) {
        return of(responses, type).sum();
    }

    /** Resources sent and names removed. */
    public long resources(ResourceType type) {
        return of(resources, type).sum();
    }

    /** Bytes of the response messages. */
    public long bytes(ResourceType type) {
        return of(bytes, type).sum();
    }

    public long acks(ResourceType type) {
        return of(acks, type).sum();
    }

    public long nacks(ResourceType type) {
        return of(nacks, type).sum();
    }

    /** Streams on which a node told us what it already had. */
    public long reconnects() {
        return reconnects.sum();
    }

    public int streamsOpen() {
        return streamsOpen.get();
    }

    void sent(Batch batch, int size) {
        of(responses, batch.type()).increment();
        of(resources, batch.type()).add(batch.size());
        of(bytes, batch.type()).add(size);
    }

    void acknowledged(ResourceType type) {
        of(acks, type).increment();
    }

    void rejected(ResourceType type) {
        of(nacks, type).increment();
    }

    void reconnected() {
        reconnects.increment();
    }

    void streamOpened() {
        streamsOpen.incrementAndGet();
    }

    void streamClosed() {
        streamsOpen.decrementAndGet();
    }

    private static Map<ResourceType, LongAdder> adders() {
        Map<ResourceType, LongAdder> adders = new EnumMap<>(ResourceType.class);
        Arrays.stream(ResourceType.values()).forEach(type -> adders.put(type, new LongAdder()));
        return adders;
    }

    private static LongAdder of(Map<ResourceType, LongAdder> adders, ResourceType type) {
        LongAdder adder = adders.get(type);
        if (adder == null) {
            throw new IllegalStateException("No counter for type " + type);
        }
        return adder;
    }
}
