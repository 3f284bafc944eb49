package io.gatewright.settings;

import java.util.Set;

/** A step from one state to a later one, over one or more revisions. Immutable. */
public record SettingsChange(Settings previous, Settings current, Set<DocumentKey> changed, AffectedTenants affected) {
    public static SettingsChange between(Settings previous, Settings current, Set<DocumentKey> changed) {
        return new SettingsChange(previous, current, changed, AffectedTenants.between(previous, current, changed));
    }
}
