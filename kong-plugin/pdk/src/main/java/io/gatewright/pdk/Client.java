package io.gatewright.pdk;

import com.google.protobuf.ByteString;
import io.gatewright.proto.kong.AuthenticateArgs;
import io.gatewright.proto.kong.ConsumerEntity;
import io.gatewright.proto.kong.ConsumerSpec;
import io.gatewright.proto.kong.CredentialEntity;
import io.gatewright.proto.kong.Flag;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code kong.client}: who calls. One thread at a time. */
public final class Client {
    private static final Pattern UUID = Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

    private static final Ask<String> IP = Ask.text(Method.CLIENT_GET_IP);
    private static final Ask<String> FORWARDED_IP = Ask.text(Method.CLIENT_GET_FORWARDED_IP);
    private static final Ask<Integer> PORT = Ask.whole(Method.CLIENT_GET_PORT);
    private static final Ask<Integer> FORWARDED_PORT = Ask.whole(Method.CLIENT_GET_FORWARDED_PORT);
    private static final Ask<Optional<Consumer>> CONSUMER =
            Ask.of(Method.CLIENT_GET_CONSUMER, Ask.NOTHING, ConsumerEntity.parser(), Client::consumer);
    private static final Ask<Optional<Credential>> CREDENTIAL =
            Ask.of(Method.CLIENT_GET_CREDENTIAL, Ask.NOTHING, CredentialEntity.parser(), Client::credential);

    private final Calls calls;

    Client(Calls calls) {
        this.calls = calls;
    }

    /**
     * A consumer of Kong. Immutable.
     *
     * @param id a UUID
     * @param createdAt seconds since 1970, 0 if unknown
     */
    public record Consumer(
            String id, long createdAt, Optional<String> username, Optional<String> customId, List<String> tags) {
        /** One of which only the id is known. */
        public static Consumer of(String id) {
            return new Consumer(id, 0, Optional.empty(), Optional.empty(), List.of());
        }

        private ConsumerEntity toWire() {
            return ConsumerEntity.newBuilder()
                    .setId(Texts.bytes(id))
                    .setCreatedAt(createdAt)
                    .setUsername(username.map(Texts::bytes).orElse(ByteString.EMPTY))
                    .setCustomId(customId.map(Texts::bytes).orElse(ByteString.EMPTY))
                    .addAllTags(tags.stream().map(Texts::bytes).toList())
                    .build();
        }
    }

    /**
     * A credential of a consumer. Immutable.
     *
     * @param id a UUID
     * @param consumerId usually absent: Kong keeps it elsewhere
     */
    public record Credential(String id, Optional<String> consumerId) {
        private CredentialEntity toWire() {
            return CredentialEntity.newBuilder()
                    .setId(Texts.bytes(id))
                    .setConsumerId(consumerId.map(Texts::bytes).orElse(ByteString.EMPTY))
                    .build();
        }
    }

    /** The address of the peer. Not in log. */
    public String getIp() {
        return calls.get(IP);
    }

    /** The question behind {@link #getIp}. */
    public static Ask<String> ip() {
        return IP;
    }

    /** The address of the client, as a trusted proxy before Kong says. Not in log. */
    public String getForwardedIp() {
        return calls.get(FORWARDED_IP);
    }

    /** The question behind {@link #getForwardedIp}. */
    public static Ask<String> forwardedIp() {
        return FORWARDED_IP;
    }

    /** The port of the peer. Not in log. */
    public int getPort() {
        return calls.get(PORT);
    }

    /** The port of the client, as a trusted proxy before Kong says. Not in log. */
    public int getForwardedPort() {
        return calls.get(FORWARDED_PORT);
    }

    /** The consumer that an authentication plugin found. In access, response and log. */
    public Optional<Consumer> getConsumer() {
        return calls.get(CONSUMER);
    }

    /** The question behind {@link #getConsumer}. */
    public static Ask<Optional<Consumer>> consumer() {
        return CONSUMER;
    }

    /** The credential that an authentication plugin accepted. In access, response and log. */
    public Optional<Credential> getCredential() {
        return calls.get(CREDENTIAL);
    }

    /** The question behind {@link #getCredential}. */
    public static Ask<Optional<Credential>> credential() {
        return CREDENTIAL;
    }

    /**
     * A consumer by id; Kong asks its database if it has it not in memory.
     *
     * @param id a UUID
     */
    public Optional<Consumer> loadConsumer(String id) {
        if (!UUID.matcher(id).matches()) {
            throw new IllegalArgumentException(
                    "Consumer id '" + Texts.escaped(id) + "' is no UUID; for names there is loadConsumerByUsername");
        }
        return load(id, false);
    }

    /** A consumer by username; Kong asks its database if it has it not in memory. */
    public Optional<Consumer> loadConsumerByUsername(String username) {
        return load(username, true);
    }

    /** From here on the request is of this consumer: Kong's plugins per consumer apply. In access. */
    public void authenticate(Consumer consumer) {
        calls.send(
                Method.CLIENT_AUTHENTICATE,
                AuthenticateArgs.newBuilder().setConsumer(consumer.toWire()).build());
    }

    /** From here on the request is of this consumer, who proved it by this credential. In access. */
    public void authenticate(Consumer consumer, Credential credential) {
        calls.send(
                Method.CLIENT_AUTHENTICATE,
                AuthenticateArgs.newBuilder()
                        .setConsumer(consumer.toWire())
                        .setCredential(credential.toWire())
                        .build());
    }

    /**
     * The protocol that the route matched, such as {@code https} or {@code grpc}; absent without a route. In access and response.
     *
     * @param allowTerminated whether to believe a trusted proxy before Kong that ended TLS
     */
    public Optional<String> getProtocol(boolean allowTerminated) {
        return calls.get(Ask.maybeText(
                Method.CLIENT_GET_PROTOCOL,
                Flag.newBuilder().setV(allowTerminated).build()));
    }

    private Optional<Consumer> load(String id, boolean byUsername) {
        ConsumerSpec spec = ConsumerSpec.newBuilder()
                .setId(Texts.bytes(id))
                .setByUsername(byUsername)
                .build();
        return calls.get(Ask.of(Method.CLIENT_LOAD_CONSUMER, spec, ConsumerEntity.parser(), Client::consumer));
    }

    private static Optional<Consumer> consumer(ConsumerEntity entity) {
        return entity.getId().isEmpty()
                ? Optional.empty()
                : Optional.of(new Consumer(
                        Texts.text(entity.getId()),
                        entity.getCreatedAt(),
                        Texts.optional(entity.getUsername()),
                        Texts.optional(entity.getCustomId()),
                        Texts.texts(entity.getTagsList())));
    }

    private static Optional<Credential> credential(CredentialEntity entity) {
        return entity.getId().isEmpty()
                ? Optional.empty()
                : Optional.of(new Credential(Texts.text(entity.getId()), Texts.optional(entity.getConsumerId())));
    }
}
