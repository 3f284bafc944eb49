package io.gatewright.xds;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/**
 * One resource, packed once to the bytes that go on the wire. Immutable.
 *
 * @param packed the bytes of its {@code google.protobuf.Any}, deterministic
 * @param version the first 8 bytes of the SHA-256 of {@code packed} as 11 characters of base64url: equal on every replica,
 *     and short, because an Envoy that reconnects sends all of them
 */
public record Resource(ResourceType type, String name, ByteString packed, String version) {
    private static final int VERSION_BYTES = 8;

    /**
     * Packs a message.
     *
     * @throws IllegalArgumentException if the message is not of this type or the name is empty or "*"
     */
    public static Resource of(ResourceType type, String name, Message message) {
        if (!message.getDescriptorForType().getFullName().equals(type.messageName())) {
            throw new IllegalArgumentException("Resource %s is a %s, but type %s needs a %s"
                    .formatted(name, message.getDescriptorForType().getFullName(), type, type.messageName()));
        }
        if (name.isEmpty() || name.equals("*")) {
            throw new IllegalArgumentException("A resource of type %s has the name '%s'".formatted(type, name));
        }
        ByteString packed = pack(type, message);
        return new Resource(type, name, packed, hash(packed));
    }

    public ResourceKey key() {
        return new ResourceKey(type, name);
    }

    /** Type, name and version; never the content, which may be a secret. */
    @Override
    public String toString() {
        return type + "/" + name + "@" + version;
    }

    static ByteString pack(ResourceType type, MessageLite message) {
        return deterministic(Any.newBuilder()
                .setTypeUrl(type.typeUrl())
                .setValue(deterministic(message))
                .build());
    }

    /** Reads packed bytes without copying the value. */
    static Any unpack(ByteString packed) {
        try {
            CodedInputStream in = packed.newCodedInput();
            in.enableAliasing(true);
            return Any.parseFrom(in);
        } catch (IOException e) {
            throw new UncheckedIOException("The packed bytes of a resource are not an Any", e);
        }
    }

    private static ByteString deterministic(MessageLite message) {
        byte[] bytes = new byte[message.getSerializedSize()];
        CodedOutputStream out = CodedOutputStream.newInstance(ByteBuffer.wrap(bytes));
        out.useDeterministicSerialization();
        try {
            message.writeTo(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("Writing to an array of the message's own size failed", e);
        }
        return ByteString.copyFrom(bytes);
    }

    /** The first 8 bytes of the SHA-256 as 11 characters of base64url. */
    static String hash(ByteString packed) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            packed.asReadOnlyByteBufferList().forEach(digest::update);
            byte[] first = Arrays.copyOf(digest.digest(), VERSION_BYTES);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(first);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This JDK lacks SHA-256", e);
        }
    }
}
