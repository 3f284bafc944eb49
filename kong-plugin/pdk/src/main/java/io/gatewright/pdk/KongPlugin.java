package io.gatewright.pdk;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Locale;
import java.util.Set;

/**
 * A plugin for Kong: override the phases you need and no others, because each costs every request of its routes something.
 * One object serves all requests: handlers run on many threads at once, each connection of Kong's has one of its own, which may block.
 *
 * <p>A handler that throws or takes longer than the server's {@code --handler-limit} is answered for by {@link #failurePolicy}.
 *
 * @param <C> the config: a record, its components described by {@link KongField}
 */
public interface KongPlugin<C extends Record> {
    /** The name in Kong; the class's in kebab case, without a trailing Plugin, unless overridden. */
    default String name() {
        return getClass()
                .getSimpleName()
                .replaceFirst("Plugin$", "")
                .replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-")
                .toLowerCase(Locale.ROOT);
    }

    /** One to three numbers with dots, as Kong demands. */
    default String version() {
        return "1.0.0";
    }

    /**
     * Where in the order: higher is earlier. Kong's: cors 2000, jwt 1450, key-auth 1250, acl 950, rate-limiting 910,
     * request-transformer 801.
     */
    default int priority() {
        return 1000;
    }

    /** What happens when a handler fails. */
    default FailurePolicy failurePolicy() {
        return FailurePolicy.CLOSED;
    }

    /**
     * The protocols that a route may have; empty for those that Kong assumes. By default {@code http} and {@code https} for a plugin with
     * the response phase, which breaks gRPC in Kong, and the stream protocols for one with preread.
     */
    default Set<String> protocols() {
        return Set.of();
    }

    /** The class of the config; found from the type argument unless overridden. */
    @SuppressWarnings("unchecked") // The type argument of KongPlugin<C> is C.
    default Class<C> configType() {
        for (Class<?> type = getClass(); type != null; type = type.getSuperclass()) {
            for (Type implemented : type.getGenericInterfaces()) {
                if (implemented instanceof ParameterizedType generic
                        && generic.getRawType() == KongPlugin.class
                        && generic.getActualTypeArguments()[0] instanceof Class<?> config) {
                    return (Class<C>) config;
                }
            }
        }
        throw new IllegalArgumentException(
                getClass().getName() + " does not say which record KongPlugin has for its config; override configType");
    }

    /**
     * A config is in use from now on; equal ones of several routes and workers count as one. Called once until {@link #closed}.
     * Requests wait for it, so connect to stores later, at the first use.
     */
    default void opened(C config) {}

    /** The last use of a config is over. */
    default void closed(C config) {}

    /** A TLS handshake begins. */
    default void certificate(Kong kong, C config) {}

    /** Before the route is known. */
    default Outcome rewrite(Kong kong, C config) {
        return Outcome.proceed();
    }

    /** Before the request goes upstream. */
    default Outcome access(Kong kong, C config) {
        return Outcome.proceed();
    }

    /** The whole response is there, and can be replaced by an exit. */
    default Outcome response(Kong kong, C config) {
        return Outcome.proceed();
    }

    /** A stream begins. */
    default Outcome preread(Kong kong, C config) {
        return Outcome.proceed();
    }

    /** The client has its answer. */
    default void log(Kong kong, C config) {}
}
