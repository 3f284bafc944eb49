package io.gatewright.envoy;

import com.github.xds.type.matcher.v3.Matcher;
import com.github.xds.type.matcher.v3.Matcher.OnMatch;
import com.google.protobuf.UInt64Value;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.gatewright.proto.envoy.bodysizelimit.BodySizeLimit;
import io.gatewright.proto.envoy.composite.CompositePerRoute;
import io.gatewright.proto.envoy.composite.ExecuteFilterAction;
import io.gatewright.proto.envoy.composite.FilterChainConfiguration;
import io.gatewright.settings.Body.Tenant;
import io.gatewright.settings.Catalog;
import io.gatewright.settings.Effective;
import io.gatewright.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A tenant's own chain, in order: who may come in, which headers are needed, what others are told, how large. */
final class Access {
    private Access() {}

    static CompositePerRoute policy(Settings settings, String id, Tenant tenant, Effective effective) {
        List<TypedExtensionConfig> chain = new ArrayList<>();
        if (tenant.suspended()) {
            chain.add(Denial.filter(Map.of(Denial.TENANT_SUSPENDED, Denial.everybody())));
        } else {
            Map<String, Principal> denied = Identity.denied(settings, id, effective);
            List<String> required = effective.get(Catalog.HEADERS_REQUIRED);
            if (!required.isEmpty()) {
                chain.add(RequiredHeaders.nameFirstMissing(required));
                denied.put(Denial.MISSING_HEADER, RequiredHeaders.missing());
            }
            denied.putAll(GuardCall.denied(effective, GuardCall.available(settings)));
            chain.add(Denial.filter(denied));
            List<HeaderValueOption> told = told(settings, effective);
            if (!told.isEmpty()) {
                chain.add(Protos.extension("tell", HeaderMutations.of(told, List.of())));
            }
            chain.add(Protos.extension(
                    "body",
                    BodySizeLimit.newBuilder()
                            .setMaxRequestBytes(UInt64Value.of(effective.get(Catalog.BODY_MAX_BYTES)))
                            .build()));
        }
        return chain(chain);
    }

    /** What those behind this chain see in the request. */
    private static List<HeaderValueOption> told(Settings settings, Effective effective) {
        List<HeaderValueOption> headers = new ArrayList<>(Correlation.pinned(effective));
        if (GuardCall.available(settings)) {
            GuardCall.tags(effective).ifPresent(tags -> headers.add(Protos.header(GuardCall.TAGS, tags)));
        }
        return headers;
    }

    private static CompositePerRoute chain(List<TypedExtensionConfig> filters) {
        ExecuteFilterAction run = ExecuteFilterAction.newBuilder()
                .setFilterChain(FilterChainConfiguration.newBuilder().addAllTypedConfig(filters))
                .build();
        return CompositePerRoute.newBuilder()
                .setMatcher(Matcher.newBuilder()
                        .setOnNoMatch(OnMatch.newBuilder()
                                .setAction(com.github.xds.core.v3.TypedExtensionConfig.newBuilder()
                                        .setName("run")
                                        .setTypedConfig(Protos.any(run)))))
                .build();
    }
}
