package io.gatewright.server.api;

import io.gatewright.server.access.Caller;
import io.gatewright.server.access.Role;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Who may call what: the roles of which a caller needs one. Immutable.
 *
 * <p>The first row that fits a request counts. A request that no row names is one that writes, so a path that is added
 * later is closed until it is opened here.
 */
record Permission(String method, String path, Set<Role> roles) {
    /** A path is compared as it is decoded, and may then have line breaks. */
    private static final String ANY_CHARACTER = "(?s)";

    private static final Set<Role> ALL = EnumSet.allOf(Role.class);

    private static final List<Permission> TABLE = List.of(
            new Permission("GET|HEAD", "/v1/audit/.*", EnumSet.of(Role.AUDITOR)),
            new Permission("GET|HEAD|OPTIONS", ".*", ALL),
            new Permission("POST", "/v1/preview(/.*)?", ALL),
            new Permission("POST", "/v1/proposals/[^/]*/(approve|reject)", EnumSet.of(Role.APPROVER)),
            new Permission("POST", "/v1/consumers/[^/]*/discard", EnumSet.of(Role.APPROVER)),
            new Permission("POST", "/v1/idempotency/.*", EnumSet.of(Role.APPROVER)),
            new Permission(".*", ".*", EnumSet.of(Role.EDITOR)));

    /** The row that counts for a request. */
    static Permission of(String method, String path) {
        return TABLE.stream()
                .filter(row -> method.matches(row.method) && path.matches(ANY_CHARACTER + row.path))
                .findFirst()
                .orElseThrow();
    }

    boolean allows(Caller caller) {
        return caller.roles().stream().anyMatch(roles::contains);
    }

    /** The roles in words, such as {@code viewer, editor or auditor}. */
    String wanted() {
        return names(roles.stream()).replaceAll(", ([^,]+)$", " or $1");
    }

    static String names(Stream<Role> roles) {
        return roles.sorted().map(Role::wireName).collect(Collectors.joining(", "));
    }
}
