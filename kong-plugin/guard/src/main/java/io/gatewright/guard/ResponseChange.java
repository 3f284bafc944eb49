package io.gatewright.guard;

import io.gatewright.guard.http.Fields;
import java.util.Set;

/**
 * What the client's answer shall differ in from the upstream's. Immutable.
 *
 * @param status instead of the upstream's, or 0 to keep it; a 304 has no body
 * @param set fields to set, each instead of those of its name
 * @param remove names in lower case
 */
public record ResponseChange(int status, Fields set, Set<String> remove) {
    static final ResponseChange NONE = new ResponseChange(0, Fields.none(), Set.of());
}
