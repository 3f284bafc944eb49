package io.gatewright.events.schema;

import java.util.Locale;

/** What a {@link Finding} is about. Immutable. */
public enum Rule {
    /** A keyword, or a use of one, that the checker could not decide about. */
    LANGUAGE,
    /** The type, its name, its partition key or its alias. */
    IDENTITY,
    /** Contents that differ under one revision number, a number that fell, or a gap in the history. */
    REVISION,
    /** A type that has been published is gone. */
    TYPE_REMOVED,
    /** A member is gone, or has another name. */
    PROPERTY_REMOVED,
    /** A new member that old events lack. */
    PROPERTY_REQUIRED,
    /** An old member became required or optional. */
    REQUIRED_CHANGED,
    /** Another JSON type, {@code integer} to {@code number} included. */
    TYPE_CHANGED,
    /** Null became allowed, or forbidden. */
    NULLABILITY_CHANGED,
    /** A word of an enumeration is gone. */
    ENUM_NARROWED,
    /** A new word that old readers do not know. */
    ENUM_WIDENED,
    /** Whether readers must expect unknown words. */
    OPEN_ENUM_CHANGED,
    /** The one allowed value. */
    CONST_CHANGED,
    /** A range, a length or a number of items. */
    BOUNDS_CHANGED,
    /** A regular expression. */
    PATTERN_CHANGED,
    /** A named format. */
    FORMAT_CHANGED,
    /** A variant of a {@code oneOf} is new or gone. */
    VARIANTS_CHANGED,
    /** A name that was taken out once is used again. */
    TOMBSTONE_REUSED,
    /** A name is no longer listed as taken out. */
    TOMBSTONE_LOST,
    /** Personal data are no longer marked as such. */
    PII_LOWERED;

    /** The name in messages: lower case with hyphens. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
