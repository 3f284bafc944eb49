package io.gatewright.pdk;

import com.google.protobuf.MessageLite;
import io.gatewright.pdk.wire.Flight;
import io.gatewright.pdk.wire.Turn;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The calls of one handler: checked against phase and version, then queued or waited for. One thread at a time. */
final class Calls {
    private final Flight flight;
    private final Turn turn;
    private final Phase phase;
    private final Caller caller;

    Calls(Flight flight, Turn turn, Phase phase, Caller caller) {
        this.flight = flight;
        this.turn = turn;
        this.phase = phase;
        this.caller = caller;
    }

    Phase phase() {
        return phase;
    }

    Caller caller() {
        return caller;
    }

    /** Queues a call whose answer says nothing. */
    void send(Method method, MessageLite args) {
        require(method);
        sendUnchecked(method.bytes(), args);
    }

    /** Lets even pass what Kong refuses. */
    void sendUnchecked(byte[] method, MessageLite args) {
        if (!turn.talk()) {
            throw over();
        }
        try {
            flight.queue(method, args);
            turn.talked();
        } catch (IOException e) {
            throw lost(e);
        } catch (Error e) {
            if (flight.isWhole()) {
                turn.talked();
            }
            throw e;
        }
    }

    <T> T get(Ask<T> ask) {
        Ask<T> here = ask.at(phase);
        require(here.method());
        return getUnchecked(here);
    }

    /** Lets even pass what Kong refuses. */
    <T> T getUnchecked(Ask<T> ask) {
        if (!turn.talkAndWait()) {
            throw over();
        }
        Supplier<T> answer;
        try {
            answer = ask.put(flight);
            flight.land();
            turn.heard();
        } catch (IOException e) {
            throw lost(e);
        } catch (Error e) {
            hear();
            throw e;
        }
        return answer.get();
    }

    Fetched fetch(Ask<?>... asks) {
        for (Ask<?> ask : asks) {
            require(ask.at(phase).method());
        }
        if (!turn.talkAndWait()) {
            throw over();
        }
        List<Supplier<?>> answers = new ArrayList<>(asks.length);
        try {
            for (Ask<?> ask : asks) {
                answers.add(ask.at(phase).put(flight));
            }
            flight.land();
            turn.heard();
        } catch (IOException e) {
            throw lost(e);
        } catch (Error e) {
            hear();
            throw e;
        }
        return new Fetched(asks, answers);
    }

    /** After an error: if it broke off in the middle of a frame, the turn is never given back, and the connection is given up. */
    private void hear() {
        if (flight.isWhole()) {
            turn.heard();
        }
    }

    void require(Method method) {
        method.require(phase, caller.version());
    }

    private KongException lost(IOException e) {
        turn.lose();
        return new KongException(
                "The %s event of %s is lost: %s".formatted(phase.wireName(), caller.plugin(), e.getMessage()), e);
    }

    private KongException over() {
        return new KongException(
                turn.isLost()
                        ? "The connection to Kong is lost"
                        : "The %s event of %s is over, or another thread is in a call: a Kong belongs to one thread and ends with its handler"
                                .formatted(phase.wireName(), caller.plugin()));
    }
}
