package io.gatewright.pdk;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.gatewright.pdk.wire.Answer;
import io.gatewright.pdk.wire.Flight;
import io.gatewright.proto.kong.Flag;
import io.gatewright.proto.kong.RawBody;
import io.gatewright.proto.kong.Text;
import io.gatewright.proto.kong.Whole;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A question to Kong, to be sent along with others by {@link Kong#fetch}; made by the static methods of the groups, such as
 * {@link Request#header}. Immutable.
 *
 * @param <T> what the answer is in Java
 */
public final class Ask<T> {
    static final MessageLite NOTHING = Text.getDefaultInstance();

    private final Method method;
    private final MessageLite args;
    private final Reading<?, T> reading;
    private final Set<Phase> otherwiseIn;
    private final @Nullable Ask<T> otherwise;

    private record Reading<M extends MessageLite, T>(Parser<M> parser, Function<? super M, ? extends T> decode) {
        Supplier<T> put(Flight flight, Method method, MessageLite args) throws IOException {
            Answer<M> answer = flight.ask(method.bytes(), args, method.isLarge(), parser);
            return () -> decode.apply(answer.message());
        }
    }

    private Ask(
            Method method,
            MessageLite args,
            Reading<?, T> reading,
            Set<Phase> otherwiseIn,
            @Nullable Ask<T> otherwise) {
        this.method = method;
        this.args = args;
        this.reading = reading;
        this.otherwiseIn = otherwiseIn;
        this.otherwise = otherwise;
    }

    static <M extends MessageLite, T> Ask<T> of(
            Method method, MessageLite args, Parser<M> parser, Function<? super M, ? extends T> decode) {
        return new Ask<>(method, args, new Reading<>(parser, decode), Set.of(), null);
    }

    static Ask<String> text(Method method) {
        return of(method, NOTHING, Text.parser(), answer -> Texts.text(answer.getV()));
    }

    static Ask<Optional<String>> maybeText(Method method, MessageLite args) {
        return of(method, args, Text.parser(), answer -> Texts.optional(answer.getV()));
    }

    static Ask<Optional<String>> maybeHeader(Method method, String name) {
        return of(
                method,
                name(name),
                Text.parser(),
                answer -> answer.getV().isEmpty() ? Optional.empty() : Optional.of(Texts.header(answer.getV())));
    }

    static Ask<Integer> whole(Method method) {
        return of(method, NOTHING, Whole.parser(), Whole::getV);
    }

    static Ask<Boolean> flag(Method method, MessageLite args) {
        return of(method, args, Flag.parser(), Flag::getV);
    }

    /** Bytes as Text or, from older versions of Kong, as the content of a RawBody: the same on the wire. */
    static Ask<Body> body(Method method) {
        return of(method, NOTHING, RawBody.parser(), Ask::body);
    }

    static Text name(String name) {
        return Text.newBuilder().setV(Texts.headerName(name)).build();
    }

    static Text textArg(String text) {
        return Text.newBuilder().setV(Texts.bytes(text)).build();
    }

    /** Asks this instead in some phases. */
    Ask<T> in(Set<Phase> phases, Ask<T> instead) {
        return new Ask<>(method, args, reading, phases, instead);
    }

    Ask<T> at(Phase phase) {
        return otherwise != null && otherwiseIn.contains(phase) ? otherwise : this;
    }

    Method method() {
        return method;
    }

    Supplier<T> put(Flight flight) throws IOException {
        return reading.put(flight, method, args);
    }

    private static Body body(RawBody answer) {
        return switch (answer.getKindCase()) {
            case CONTENT, KIND_NOT_SET -> Body.of(answer.getContent());
            case BODY_FILEPATH -> Body.in(java.nio.file.Path.of(Texts.text(answer.getBodyFilepath())));
            case ERROR -> throw new KongException("Kong cannot read the body: " + Texts.text(answer.getError()));
        };
    }
}
