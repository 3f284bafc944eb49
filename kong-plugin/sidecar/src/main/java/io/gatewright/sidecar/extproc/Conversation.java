package io.gatewright.sidecar.extproc;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.core.v3.HeaderMap;
import io.envoyproxy.envoy.service.ext_proc.v3.HttpBody;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingRequest;
import io.envoyproxy.envoy.service.ext_proc.v3.ProcessingResponse;
import io.gatewright.guard.Caller;
import io.gatewright.guard.Decision;
import io.gatewright.guard.Ending;
import io.gatewright.guard.Guard;
import io.gatewright.guard.Pending;
import io.gatewright.guard.ResponseChange;
import io.gatewright.guard.http.Digests;
import io.gatewright.guard.http.Fields;
import io.gatewright.guard.http.Octets;
import io.gatewright.guard.http.RequestHead;
import io.gatewright.sidecar.policy.Policies.Met;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request, from its head to its answer. Envoy sends the next message only after an answer, so messages come one at a
 * time; the end of the stream can come at any time, and on another thread than the one that works for the store.
 *
 * <p>The stream is never completed before it was decided: Envoy takes that for consent.
 */
final class Conversation implements StreamObserver<ProcessingRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(Conversation.class);
    private static final Duration BESIDE_WAITING = Duration.ofSeconds(2);

    private final Guard guard;
    private final Envelope envelope;
    private final Executor blocking;
    private final StreamObserver<ProcessingResponse> envoy;
    private final Object lock = new Object();

    private @Nullable RequestHead head;
    private @Nullable Caller caller;
    private @Nullable Met met;
    private @Nullable Pending pending; // guarded by lock, as what follows
    private @Nullable AnswerHead answer;
    private boolean over; // nothing more is to be kept or said
    private boolean gone; // Envoy has left, or has answered by itself

    private record AnswerHead(int status, Fields fields) {}

    /** Whose request it is and what it meets, as Envoy's configuration and the settings say. */
    interface Envelope {
        /** Nothing when the settings do not know the tenant or the path. */
        Optional<Met> met(String method, String path);

        Caller caller(Met met, Fields fields, String requestId);
    }

    Conversation(Guard guard, Envelope envelope, Executor blocking, StreamObserver<ProcessingResponse> envoy) {
        this.guard = guard;
        this.envelope = envelope;
        this.blocking = blocking;
        this.envoy = envoy;
    }

    @Override
    public void onNext(ProcessingRequest message) {
        try {
            switch (message.getRequestCase()) {
                case REQUEST_HEADERS ->
                    onHead(
                            message,
                            message.getRequestHeaders().getHeaders(),
                            message.getRequestHeaders().getEndOfStream());
                case REQUEST_BODY -> onBody(message.getRequestBody());
                case RESPONSE_HEADERS -> onAnswerHead(message);
                case RESPONSE_BODY -> onAnswerBody(message.getResponseBody());
                case REQUEST_TRAILERS, RESPONSE_TRAILERS, REQUEST_NOT_SET ->
                    throw new IllegalStateException(
                            "Envoy sent " + message.getRequestCase() + ", which was not asked for");
            }
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private void onHead(ProcessingRequest message, HeaderMap headers, boolean bodyless) {
        RequestHead request = new RequestHead(
                Answers.field(headers, ":method"), Answers.field(headers, ":path"), Answers.fields(headers));
        Optional<Met> found = envelope.met(request.method(), request.path());
        if (found.isEmpty()) {
            end(guard.onStranger(request, request.fields().first("x-correlation-id"))
                    .map(Answers::reply)
                    .orElseGet(Answers::pass));
            return;
        }
        Met what = found.get();
        Caller who = envelope.caller(what, request.fields(), Facts.requestId(message));
        head = request;
        caller = who;
        met = what;
        switch (guard.onHead(request, who, what.policy())) {
            case Decision.Answer refused -> end(Answers.reply(refused.reply()));
            case Decision.Proceed free -> goOn(free.pending());
            case Decision.NeedsLedger needsLedger -> blocking.execute(() -> ledger(request, who, what));
            case Decision.NeedsBody needsBody -> {
                if (bodyless) {
                    claim(ByteString.EMPTY, Answers.runBodyless(who.attempt()));
                } else {
                    say(Answers.readBody(who.attempt()));
                }
            }
        }
    }

    private void ledger(RequestHead request, Caller who, Met what) {
        try {
            switch (guard.onLedger(request, who, what.policy())) {
                case Decision.Answer refused -> end(Answers.reply(refused.reply()));
                case Decision.Proceed(Pending known) when known.isLeased() -> run(known, Answers.runUnread());
                case Decision.Proceed(Pending known) -> goOn(known);
                case Decision.NeedsBody needsBody -> throw new IllegalStateException("it has no key");
                case Decision.NeedsLedger needsLedger -> throw new IllegalStateException("the ledger was asked");
            }
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    /** Without a claim: the answer matters when a tag or a status is to be added to it. */
    private void goOn(Pending free) {
        boolean read =
                free.head().method().equals("GET") || free.head().method().equals("HEAD");
        boolean seen = free.concernsStore() || !free.status().isEmpty() || (read && isTagged(free));
        synchronized (lock) {
            pending = free;
            over = !seen;
        }
        say(seen ? Answers.passAndSeeAnswer() : Answers.pass());
    }

    private static boolean isTagged(Pending free) {
        return free.head().fields().has("if-none-match")
                || !free.policy().tags().equals("upstream");
    }

    private void onBody(HttpBody body) {
        claim(body.getEndOfStream() ? body.getBody() : null, Answers.run());
    }

    /** @param body null when Envoy could not hold it */
    private void claim(@Nullable ByteString body, ProcessingResponse run) {
        RequestHead request = head;
        Caller who = caller;
        Met what = met;
        if (request == null || who == null || what == null) {
            throw new IllegalStateException("a body came before its head");
        }
        if (what.policy().waits() || request.fields().has("prefer")) {
            say(Answers.wait(what.policy().maxWait().plus(BESIDE_WAITING)));
        }
        blocking.execute(() -> {
            try {
                @Nullable Octets digest = body == null ? null : Digests.of(Octets.of(body.toByteArray()));
                switch (guard.onRequest(request, digest, who, what.policy())) {
                    case Decision.Answer answered -> end(Answers.reply(answered.reply()));
                    case Decision.Proceed claimed -> run(claimed.pending(), run);
                    case Decision.NeedsBody needsBody -> throw new IllegalStateException("the body was there");
                    case Decision.NeedsLedger needsLedger -> throw new IllegalStateException("it has a key");
                }
            } catch (RuntimeException e) {
                fail(e);
            }
        });
    }

    /** From the word "run" on, the upstream may have it. Before that, nothing was sent. */
    private void run(Pending claimed, ProcessingResponse run) {
        boolean left;
        synchronized (lock) {
            left = gone;
            pending = claimed;
            over = left;
            if (!left) {
                say(run); // before anybody can see that Envoy left: until then it is known that nothing was sent
            }
        }
        if (left) {
            guard.onResponse(claimed, new Ending.NotSent());
        }
    }

    private void onAnswerHead(ProcessingRequest message) {
        if (Facts.isByEnvoy(message) && isWithdrawn()) {
            return;
        }
        Pending waiting = waiting();
        HeaderMap headers = message.getResponseHeaders().getHeaders();
        boolean bodyless = message.getResponseHeaders().getEndOfStream();
        AnswerHead seen = new AnswerHead(Integer.parseInt(Answers.field(headers, ":status")), Answers.fields(headers));
        Optional<Ending> byEnvoy = Facts.ending(message);
        if (byEnvoy.isPresent()) {
            finish(waiting, byEnvoy.get(), Answers::changeHead);
        } else if (!bodyless && guard.needsBody(waiting, seen.status(), seen.fields()) && fits(waiting, seen)) {
            synchronized (lock) {
                answer = seen;
            }
            say(Answers.readAnswer());
        } else {
            finish(
                    waiting,
                    new Ending.Answered(seen.status(), seen.fields(), bodyless ? Octets.NONE : null),
                    Answers::changeHead);
        }
    }

    /**
     * Envoy may answer before the decision, as with 408 when a body comes too slowly: then nothing is sent on any more, and
     * nothing need be said but that its answer may go.
     */
    private boolean isWithdrawn() {
        synchronized (lock) {
            if (pending != null) {
                return false;
            }
            say(Answers.passAnswer());
            over = true;
            gone = true;
            return true;
        }
    }

    private static boolean fits(Pending waiting, AnswerHead seen) {
        String length = seen.fields().first("content-length");
        return length.length() <= 9
                && (length.isEmpty()
                        || Integer.parseInt(length) <= waiting.policy().bodyLimit());
    }

    private void onAnswerBody(HttpBody body) {
        AnswerHead seen;
        synchronized (lock) {
            seen = answer;
        }
        if (seen == null) {
            throw new IllegalStateException("an answer's body came before its head");
        }
        Octets whole = body.getEndOfStream() ? Octets.of(body.getBody().toByteArray()) : null;
        finish(waiting(), new Ending.Answered(seen.status(), seen.fields(), whole), Answers::changeBody);
    }

    private Pending waiting() {
        synchronized (lock) {
            if (pending == null) {
                throw new IllegalStateException("an answer came before its request was decided");
            }
            return pending;
        }
    }

    /** How a change is said in the phase that it is said in. */
    @FunctionalInterface
    private interface Phase {
        ProcessingResponse change(ResponseChange change);
    }

    /** The client's end of the answer waits until it is kept. */
    private void finish(Pending waiting, Ending ending, Phase phase) {
        over();
        if (!waiting.concernsStore()) {
            say(phase.change(guard.onResponse(waiting, ending)));
            return;
        }
        blocking.execute(() -> {
            try {
                say(phase.change(guard.onResponse(waiting, ending)));
            } catch (RuntimeException e) {
                fail(e);
            }
        });
    }

    private void over() {
        synchronized (lock) {
            over = true;
        }
    }

    private void end(ProcessingResponse response) {
        over();
        say(response);
    }

    private void say(ProcessingResponse response) {
        synchronized (lock) {
            if (!gone) {
                try {
                    envoy.onNext(response);
                } catch (RuntimeException e) { // Envoy left in this moment, which onError or onCompleted tells
                    LOG.debug("event=ext_proc_left", e);
                }
            }
        }
    }

    /** An error on the stream is the one end after which Envoy does not let the request pass. */
    private void fail(RuntimeException e) {
        LOG.error("event=ext_proc_failed", e);
        leave();
        try {
            envoy.onError(io.grpc.Status.INTERNAL.asRuntimeException());
        } catch (RuntimeException late) {
            LOG.debug("event=ext_proc_left", late);
        }
    }

    @Override
    public void onError(Throwable t) {
        leave(); // also the normal end: Envoy cancels a stream that it does not need any more
    }

    @Override
    public void onCompleted() {
        leave();
        envoy.onCompleted();
    }

    private void leave() {
        Pending open;
        synchronized (lock) {
            open = over ? null : pending;
            gone = true;
            over = true;
        }
        if (open != null && open.concernsStore()) {
            blocking.execute(() -> guard.onResponse(open, new Ending.Unknown(Ending.Cause.CONNECTION_LOST)));
        }
    }
}
