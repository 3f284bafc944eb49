package io.gatewright.bench;

import com.google.protobuf.ByteString;
import io.gatewright.xds.Resource;
import io.gatewright.xds.ResourceType;
import io.gatewright.xds.XdsCache;
import java.util.ArrayList;
import java.util.List;

/** What the xDS cache itself costs: live heap of a cache of tenants, less the bytes of their resources. Stateless. */
final class CacheHeap {
    private static final int RESOURCE_BYTES = 2048;

    private CacheHeap() {}

    static long bytesPerTenantBeyondItsBytes(int tenants) {
        long before = live();
        XdsCache cache = filled(tenants);
        long used = live() - before;
        if (cache.size(ResourceType.SCOPED_ROUTE) != tenants) {
            throw new IllegalStateException("the cache lost resources");
        }
        return used / tenants - RESOURCE_BYTES;
    }

    private static XdsCache filled(int tenants) {
        XdsCache cache = new XdsCache();
        List<Resource> resources = new ArrayList<>();
        for (int i = 0; i < tenants; i++) {
            ByteString bytes = ByteString.copyFrom(new byte[RESOURCE_BYTES]);
            String version =
                    new String(new char[] {'v', (char) ('0' + i % 10), '-', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'});
            resources.add(new Resource(ResourceType.SCOPED_ROUTE, "tenant/" + Fleet.tenant(i), bytes, version));
        }
        cache.update(1, resources, List.of());
        return cache;
    }

    static long live() {
        Runtime runtime = Runtime.getRuntime();
        for (int i = 0; i < 5; i++) {
            System.gc();
        }
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
