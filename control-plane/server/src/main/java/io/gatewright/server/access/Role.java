package io.gatewright.server.access;

import java.util.Locale;

/** What a caller may do. Every role may read; no role includes another. Immutable. */
public enum Role {
    /** Reads, and tries changes out. */
    VIEWER,
    /** Writes documents, rolls back, starts syncs. */
    EDITOR,
    /** Approves and rejects what others proposed. */
    APPROVER,
    /** Exports the audit trail. */
    AUDITOR;

    /** Its name in tokens, after the prefix. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
