package io.gatewright.testkit;

import io.gatewright.pdk.Method;
import io.gatewright.pdk.Phase;

/** What runs the calls of a plugin during one event. Implementations are used by one thread at a time. */
public sealed interface Calls permits Script, CannedCalls, RequestCalls {

    /**
     * Runs a call.
     *
     * @param args the message of its arguments
     * @return the message of its answer
     * @throws LuaError if it raises inside Kong
     */
    byte[] run(Phase phase, Method method, byte[] args);
}
