package io.gatewright.server.keys;

import io.vertx.core.Future;
import io.vertx.core.http.HttpClient;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.locks.LockSupport;

/** Vert.x for a caller that gets no processor for a while after each call, as under load. Stateless. */
final class LateCaller {
    private static final long LATE_NANOS = 50_000_000; // many answers of loopback

    private LateCaller() {}

    /** The same object; the HTTP clients that it makes and their futures let the caller go on late. */
    static <T> T of(Class<T> type, T object) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(object, arguments);
                        if (result instanceof HttpClient client) {
                            return of(HttpClient.class, client);
                        }
                        if (result instanceof Future<?> future) {
                            LockSupport.parkNanos(LATE_NANOS);
                            return of(Future.class, future);
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
