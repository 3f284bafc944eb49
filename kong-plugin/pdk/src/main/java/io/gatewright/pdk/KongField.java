package io.gatewright.pdk;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says more of a component of a config record than its type does; the names are those of Kong's schemas. What the dump's target
 * version does not know is left out of the dump.
 *
 * <p>Types: {@code String}, {@code boolean}, {@code int}, {@code long}, {@code double}, an enum (its constants in lower case, the one_of), {@code
 * List} and {@code Set} of these, {@code Map} from {@code String} to these, another record, and {@code Optional} of all that. A component
 * without Optional and default is required; lists, sets and maps are empty when Kong sends none.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface KongField {
    /** The name in Kong; the component's in snake case if empty. */
    String name() default "";

    /** For people; 10 to 500 characters, as Kong demands. In dumps for Kong 3.4 and newer. */
    String description() default "";

    /** What Kong puts in when nothing is given: a text as it is, anything else as JSON. Empty means none. */
    String defaultValue() default "";

    /** The texts that are allowed; with enums not needed. */
    String[] oneOf() default {};

    /** The least and the greatest number that is allowed. */
    double[] between() default {};

    /** The least length of a text, list, set or map; 0 lets Kong keep an empty text. -1 means none. */
    int lenMin() default -1;

    /** The greatest length; -1 means none. */
    int lenMax() default -1;

    /** A Lua pattern that the text must match. */
    String match() default "";

    /** Whether a text may be a reference into a vault; it arrives resolved, empty if that failed. */
    boolean referenceable() default false;

    /** Whether Kong Enterprise keeps it encrypted. */
    boolean encrypted() default false;
}
