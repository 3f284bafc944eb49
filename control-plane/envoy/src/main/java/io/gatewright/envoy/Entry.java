package io.gatewright.envoy;

import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.gatewright.proto.envoy.earlyheadermutation.HeaderMutation;
import io.gatewright.proto.envoy.mutationrules.HeaderMutation.RemoveOnMatch;
import io.gatewright.settings.Body.Listener;

/**
 * What happens to a request's headers before anything looks at them: identity headers of the client are removed, also
 * those that steer Envoy, give it a request id or name the guard's attempt, and the header that selects the scope is set
 * from {@code x-tenant-id}, else from the host. On a listener that is fixed to a tenant it is that tenant.
 */
final class Entry {
    private Entry() {}

    static TypedExtensionConfig mutations(Listener listener) {
        HeaderMutation.Builder mutations = HeaderMutation.newBuilder()
                .addMutations(remove("x-user-id"))
                .addMutations(remove("x-org-id"))
                .addMutations(remove("idempotency-attempt"))
                .addMutations(removePrefix("x-auth-"))
                .addMutations(removePrefix("x-gatewright-"))
                .addMutations(removePrefix("x-envoy-"))
                .addMutations(remove("x-request-id"));
        if (listener.tenant() == null) {
            mutations.addMutations(set(ScopeKey.HEADER, "%REQ(X-TENANT-ID?:AUTHORITY)%"));
        } else {
            mutations.addMutations(set(ScopeKey.HEADER, listener.tenant()));
            mutations.addMutations(set(ScopeKey.LISTENER_HEADER, listener.tenant()));
        }
        return Protos.extension("gatewright.entry", mutations.build());
    }

    private static io.gatewright.proto.envoy.mutationrules.HeaderMutation remove(String name) {
        return io.gatewright.proto.envoy.mutationrules.HeaderMutation.newBuilder()
                .setRemove(name)
                .build();
    }

    private static io.gatewright.proto.envoy.mutationrules.HeaderMutation removePrefix(String prefix) {
        return io.gatewright.proto.envoy.mutationrules.HeaderMutation.newBuilder()
                .setRemoveOnMatch(RemoveOnMatch.newBuilder()
                        .setKeyMatcher(StringMatcher.newBuilder().setPrefix(prefix)))
                .build();
    }

    private static io.gatewright.proto.envoy.mutationrules.HeaderMutation set(String name, String value) {
        return io.gatewright.proto.envoy.mutationrules.HeaderMutation.newBuilder()
                .setAppend(Protos.header(name, value))
                .build();
    }
}
