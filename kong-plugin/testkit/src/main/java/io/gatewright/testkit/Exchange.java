package io.gatewright.testkit;

import io.gatewright.proto.kong.ExitArgs;
import io.gatewright.proto.kong.RpcReturn;

/** What came of one RpcCall to a plugin server, as Kong sees it. Immutable. */
public sealed interface Exchange {

    /** The server answered; the connection goes back to the pool. */
    record Returned(RpcReturn answer) implements Exchange {}

    /** The plugin ended the request with {@code kong.response.exit}. */
    record Exited(ExitArgs answer) implements Exchange {}

    /** The server named a method that Kong does not have. */
    record UnknownMethod(String name) implements Exchange {
        /** Whether the name says that the server does not know the instance. */
        boolean meansNoInstance() {
            return name.regionMatches(true, 0, "no plugin instance", 0, "no plugin instance".length());
        }
    }

    /** A call raised an error inside Kong. */
    record Raised(String method, String error) implements Exchange {}

    /** The server closed the connection. */
    record Closed() implements Exchange {}

    /** The connection could not be made, or broke while Kong wrote on it. */
    record Unreachable(String error) implements Exchange {}

    /** The server said nothing for as long as Kong waits. */
    record Silent() implements Exchange {}

    /** The answer is not one that Kong takes: another sequence, or bytes that are no message. */
    record Garbled(String error) implements Exchange {}
}
