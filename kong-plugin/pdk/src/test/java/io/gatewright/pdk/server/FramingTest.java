package io.gatewright.pdk.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.gatewright.proto.kong.CloseInstance;
import io.gatewright.proto.kong.GetInstanceStatus;
import io.gatewright.proto.kong.GetPluginInfo;
import io.gatewright.proto.kong.GetPluginNames;
import io.gatewright.proto.kong.PluginInfo;
import io.gatewright.proto.kong.RpcCall;
import io.gatewright.proto.kong.RpcReturn;
import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Commands in whatever form; the numbers are those of the conformance cases. */
@Timeout(60)
final class FramingTest {
    private final Probe probe = Probe.doing(kong -> {});

    @Test
    @DisplayName("K1 a command that comes byte by byte is as one in one piece")
    void readsByteByByte() throws Exception {
        try (Served served = Served.by(probe)) {
            KongPeer kong = served.connect();
            RpcCall start = RpcCall.newBuilder()
                    .setSequence(2)
                    .setStartInstance(KongPeer.startOf("probe", Served.CONFIG))
                    .build();
            for (byte each : KongPeer.framed(start.toByteArray())) {
                kong.raw(new byte[] {each});
            }
            assertThat(RpcReturn.parseFrom(kong.read()).hasInstanceStatus()).isTrue();
        }
    }

    @Test
    @DisplayName("K2 fields may come in any order")
    void readsFieldsInAnyOrder() throws Exception {
        try (Served served = Served.by(probe)) {
            KongPeer kong = served.connect();
            int instance = kong.start("probe", Served.CONFIG);
            byte[] event = concat(bytes("12 06 61 63 63 65 73 73 08"), varint(instance));
            kong.raw(KongPeer.framed(concat(bytes("a2 02"), varint(event.length), event, bytes("08 63"))));
            assertThat(kong.read()).isEmpty();
            assertThat(RpcReturn.parseFrom(kong.read()).getSequence()).isEqualTo(0x63);
        }
    }

    @Test
    @DisplayName("K3 unknown fields are passed over")
    void passesOverUnknownFields() throws Exception {
        try (Served served = Served.by(probe)) {
            KongPeer kong = served.connect();
            byte[] start = RpcCall.newBuilder()
                    .setSequence(7)
                    .setStartInstance(KongPeer.startOf("probe", Served.CONFIG))
                    .build()
                    .toByteArray();
            kong.raw(KongPeer.framed(concat(bytes("9a 06 03 01 02 03"), start, bytes("98 06 01"))));
            assertThat(RpcReturn.parseFrom(kong.read()).getSequence()).isEqualTo(7);
        }
    }

    @Test
    @DisplayName("K4 a start is answered by one frame with the sequence and the id")
    void answersAStart() throws Exception {
        try (Served served = Served.by(probe)) {
            KongPeer kong = served.connect();
            kong.call(RpcCall.newBuilder().setStartInstance(KongPeer.startOf("probe", "{}")));
            RpcReturn result = kong.expectReturn();
            assertThat(result.getInstanceStatus().getInstanceId()).isPositive();
            assertThat(result.getInstanceStatus().getName().toStringUtf8()).isEqualTo("probe");
        }
    }

    @Test
    @DisplayName("K5 a start of an unknown plugin closes the connection and says why")
    void closesForAnUnknownPlugin() throws Exception {
        try (Served served = Served.by(probe)) {
            KongPeer kong = served.connect();
            kong.call(RpcCall.newBuilder().setStartInstance(KongPeer.startOf("other", "{}")));
            kong.expectEndOfStream();
            served.awaitSaid("no plugin other");
            served.isAlive("probe");
        }
    }

    @Test
    @DisplayName("K6 a config that cannot be used makes an instance that answers by the plugin's policy")
    void startsWithABadConfig() throws Exception {
        try (Served served = Served.by(probe)) {
            for (String config : new String[] {"{", "[1]", "{\"word\":[]}", "", "\"x\""}) {
                KongPeer kong = served.connect();
                int instance = kong.start("probe", config);
                kong.event(instance, "access");
                if (!config.isEmpty()) {
                    kong.expectCall("kong.log.err");
                    kong.expectCall("kong.response.exit");
                    kong.replyNothing();
                    kong.expectEndOfStream();
                } else {
                    kong.expectEnd();
                }
            }
            served.awaitSaid("word has to be a text");
        }
    }

    @Test
    @DisplayName("K8 a closed instance is unknown from then on")
    void forgetsAClosedInstance() throws Exception {
        try (Served served = Served.by(probe)) {
            KongPeer kong = served.connect();
            int instance = kong.start("probe", Served.CONFIG);
            kong.close(instance);
            kong.event(instance, "access");
            kong.expectCall("No plugin instance " + instance);
        }
    }

    @Test
    @DisplayName("K9 to close an unknown instance is answered, and the connection stays")
    void answersTheCloseOfAnUnknownInstance() throws Exception {
        try (Served served = Served.by(probe)) {
            KongPeer kong = served.connect();
            kong.close(12345);
            kong.call(RpcCall.newBuilder()
                    .setCloseInstance(CloseInstance.newBuilder().setInstanceId(-1)));
            kong.expectReturn();
            assertThat(kong.start("probe", Served.CONFIG)).isPositive();
        }
    }

    @Test
    @DisplayName("K11 the commands that Kong does not send are answered too")
    void answersTheOtherCommands() throws Exception {
        try (Served served = Served.by(probe)) {
            KongPeer kong = served.connect();
            int instance = kong.start("probe", Served.CONFIG);
            kong.call(RpcCall.newBuilder().setGetPluginNames(GetPluginNames.getDefaultInstance()));
            assertThat(kong.expectReturn().getPluginNames().getNamesList())
                    .containsExactly(ByteString.copyFromUtf8("probe"));
            kong.call(RpcCall.newBuilder()
                    .setGetPluginInfo(GetPluginInfo.newBuilder().setName(ByteString.copyFromUtf8("probe"))));
            PluginInfo info = kong.expectReturn().getPluginInfo();
            assertThat(info.getVersion().toStringUtf8()).isEqualTo("1.0.0");
            assertThat(info.getPriority()).isEqualTo(1000);
            assertThat(info.getPhasesList()).hasSize(6);
            assertThat(info.getSchema().toStringUtf8()).contains("\"word\"");
            kong.call(RpcCall.newBuilder()
                    .setGetInstanceStatus(GetInstanceStatus.newBuilder().setInstanceId(instance)));
            assertThat(kong.expectReturn().getInstanceStatus().getName().toStringUtf8())
                    .isEqualTo("probe");
        }
    }

    @Test
    @DisplayName("K12 no command, or bytes that are none, close the connection")
    void closesForGarbage() throws Exception {
        try (Served served = Served.by(probe)) {
            for (byte[] garbage : new byte[][] {{}, {8, 1}, {-1, -1, -1}, bytes("a2 02 05 08")}) {
                KongPeer kong = served.connect();
                kong.raw(KongPeer.framed(garbage));
                kong.expectEndOfStream();
            }
            served.isAlive("probe");
        }
    }

    @Test
    @DisplayName("K13 a length over the limit closes the connection")
    void closesForALengthOverTheLimit() throws Exception {
        try (Served served = Served.by(probe)) {
            KongPeer kong = served.connect();
            kong.raw(bytes("01 00 00 04"));
            kong.expectEndOfStream();
            served.awaitSaid("67108865 bytes is over the limit of 67108864 bytes");
            served.isAlive("probe");
        }
    }

    @Test
    @DisplayName("K22 an end of the stream between commands is not worth a word")
    void endsQuietly() throws Exception {
        try (Served served = Served.by(probe)) {
            KongPeer kong = served.connect();
            kong.start("probe", Served.CONFIG);
            kong.close();
            served.awaitConnections(0);
            assertThat(served.said()).isEmpty();
        }
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    private static byte[] varint(int value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int rest = value;
        while (rest >= 0x80) {
            bytes.write((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        bytes.write(rest);
        return bytes.toByteArray();
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
