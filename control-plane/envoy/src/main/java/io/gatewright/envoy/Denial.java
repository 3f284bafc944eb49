package io.gatewright.envoy;

import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.config.rbac.v3.RBAC.Action;
import io.envoyproxy.envoy.config.rbac.v3.SourcedMetadata;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC;
import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher;
import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher.PathSegment;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.matcher.v3.ValueMatcher;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Refusals by rbac. The name of the policy reaches {@link LocalReplies}, which makes the answer from it. One filter tries
 * its policies in the order of their names (rbac.proto), hence the numbers.
 */
final class Denial {
    /** Where a token is needed: it lacks, or something names another tenant. Envoy pays for each policy, so they are one. */
    static final String TOKEN_OF_TENANT = "1-token-of-tenant";

    static final String TENANT_MISMATCH = "2-tenant-mismatch";
    static final String TENANT_SUSPENDED = "tenant-suspended";
    static final String MISSING_HEADER = "3-missing-header";
    static final String KEY_REQUIRED = "4-key-required";
    static final String PRECONDITION_REQUIRED = "5-precondition-required";
    static final String GUARD_AWAY = "6-guard-away";

    static final String ID_TOKEN = "id-token";
    static final String SEVERAL_TOKENS = "several-tokens";
    static final String UPGRADE = "upgrade";

    private Denial() {}

    /** Refuses whom a principal matches; the first one in the order of the names gives the answer. */
    static TypedExtensionConfig filter(Map<String, Principal> denied) {
        return Protos.extension("denied", rules(denied));
    }

    /** The same as a filter of its own. */
    static RBAC rules(Map<String, Principal> denied) {
        var rules = io.envoyproxy.envoy.config.rbac.v3.RBAC.newBuilder().setAction(Action.DENY);
        denied.forEach((name, principal) -> rules.putPolicies(
                name,
                Policy.newBuilder()
                        .addPermissions(Permission.newBuilder().setAny(true))
                        .addPrincipals(principal)
                        .build()));
        return RBAC.newBuilder().setRules(rules).build();
    }

    static Principal everybody() {
        return Principal.newBuilder().setAny(true).build();
    }

    static Principal not(Principal principal) {
        return Principal.newBuilder().setNotId(principal).build();
    }

    static Principal all(Principal... principals) {
        return Principal.newBuilder()
                .setAndIds(Principal.Set.newBuilder().addAllIds(Arrays.asList(principals)))
                .build();
    }

    /** True when one is; {@code principals} must not be empty. */
    static Principal any(List<Principal> principals) {
        return principals.size() == 1
                ? principals.getFirst()
                : Principal.newBuilder()
                        .setOrIds(Principal.Set.newBuilder().addAllIds(principals))
                        .build();
    }

    static Principal claim(String name, ValueMatcher value) {
        return Principal.newBuilder()
                .setSourcedMetadata(SourcedMetadata.newBuilder().setMetadataMatcher(claimMatcher(name, value)))
                .build();
    }

    /** A claim of the verified token; a dot in its name goes into an object. */
    static MetadataMatcher claimMatcher(String name, ValueMatcher value) {
        MetadataMatcher.Builder matcher = MetadataMatcher.newBuilder()
                .setFilter(FilterOrder.JWT_AUTHN.filterName())
                .setValue(value);
        Stream.concat(Stream.of(JwtAuthn.PAYLOAD), Arrays.stream(name.split("\\.")))
                .forEach(key -> matcher.addPath(PathSegment.newBuilder().setKey(key)));
        return matcher.build();
    }

    static ValueMatcher exactly(String value) {
        return ValueMatcher.newBuilder()
                .setStringMatch(StringMatcher.newBuilder().setExact(value))
                .build();
    }

    static ValueMatcher present() {
        return ValueMatcher.newBuilder().setPresentMatch(true).build();
    }

    static Principal headerPresent(String name) {
        return header(HeaderMatcher.newBuilder().setName(name).setPresentMatch(true));
    }

    /** There, and not this value. */
    static Principal headerIsOther(String name, String value) {
        return header(HeaderMatcher.newBuilder()
                .setName(name)
                .setStringMatch(StringMatcher.newBuilder().setExact(value))
                .setInvertMatch(true));
    }

    static Principal headerIs(String name, String value) {
        return header(HeaderMatcher.newBuilder()
                .setName(name)
                .setStringMatch(StringMatcher.newBuilder().setExact(value)));
    }

    /** Several lines are one value, joined by commas; capitals do not matter. */
    static Principal headerContains(String name, String part) {
        return header(HeaderMatcher.newBuilder()
                .setName(name)
                .setStringMatch(StringMatcher.newBuilder().setContains(part).setIgnoreCase(true)));
    }

    private static Principal header(HeaderMatcher.Builder matcher) {
        return Principal.newBuilder().setHeader(matcher).build();
    }
}
