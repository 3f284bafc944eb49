package io.gatewright.envoy;

import io.envoyproxy.envoy.config.common.mutation_rules.v3.HeaderMutation;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.Mutations;
import java.util.List;

/** Filters that set headers. */
final class HeaderMutations {
    private HeaderMutations() {}

    static io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutation of(
            List<HeaderValueOption> request, List<HeaderValueOption> response) {
        Mutations.Builder mutations = Mutations.newBuilder();
        request.forEach(header ->
                mutations.addRequestMutations(HeaderMutation.newBuilder().setAppend(header)));
        response.forEach(header ->
                mutations.addResponseMutations(HeaderMutation.newBuilder().setAppend(header)));
        return io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutation.newBuilder()
                .setMutations(mutations)
                .build();
    }

    /** What every request and answer carries, whoever's it is. */
    static io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutation ofAll() {
        return of(List.of(Correlation.asked(), Routes.retries()), List.of(Correlation.answered(), Cors.vary()));
    }
}
