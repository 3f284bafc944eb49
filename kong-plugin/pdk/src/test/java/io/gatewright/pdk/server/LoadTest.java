package io.gatewright.pdk.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatewright.pdk.Value;
import io.gatewright.proto.kong.KeyValue;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many of everything; the numbers are those of the conformance cases. */
@Timeout(120)
final class LoadTest {
    private static final int CALLS = 10_000;
    private static final int SMALL_BUFFER_BYTES = 16 << 10;

    @Test
    @DisplayName("K19 10,000 setters in one event do not dead-lock against a peer with small buffers")
    void manySettersDoNotDeadlock() throws Exception {
        try (Served served = Served.by(Probe.doing(kong -> {
                    for (int i = 0; i < CALLS; i++) {
                        kong.ctx().shared().set("k" + i, Value.of(i));
                    }
                }));
                SocketChannel channel = SocketChannel.open(
                        UnixDomainSocketAddress.of(served.server().socket()))) {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, SMALL_BUFFER_BYTES);
            channel.setOption(StandardSocketOptions.SO_SNDBUF, SMALL_BUFFER_BYTES);
            KongPeer kong = KongPeer.on(channel);
            kong.event(kong.start("probe", Served.CONFIG), "access");
            for (int i = 0; i < CALLS; i++) {
                KeyValue set = kong.expectCall("kong.ctx.shared.set", KeyValue.parser());
                assertThat(set.getK().toStringUtf8()).isEqualTo("k" + i);
                kong.replyNothing();
            }
            kong.expectEnd();
        }
    }

    @Test
    void largeArgumentsBetweenSmallOnesDoNotDeadlock() throws Exception {
        byte[] large = new byte[1 << 20];
        try (Served served = Served.by(Probe.doing(kong -> {
            for (int i = 0; i < 40; i++) {
                kong.response().setHeader("x", "y");
                kong.service().request().setRawBody(large);
            }
        }))) {
            KongPeer kong = served.connect();
            kong.event(kong.start("probe", Served.CONFIG), "access");
            for (int i = 0; i < 40; i++) {
                kong.expectCall("kong.response.set_header");
                kong.replyNothing();
                assertThat(kong.expectCall("kong.service.request.set_raw_body")).hasSizeGreaterThan(large.length);
                kong.replyNothing();
            }
            kong.expectEnd();
        }
    }

    @Test
    @DisplayName("K21 300 connections at once are all taken and all served")
    void takesManyConnectionsAtOnce() throws Exception {
        int count = 300;
        CountDownLatch all = new CountDownLatch(count);
        try (Served served = Served.by(Probe.doing(kong -> {
                    all.countDown();
                    try {
                        all.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    kong.response().setHeader("x", "1");
                }));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> results = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                results.add(threads.submit(() -> {
                    try (KongPeer kong = KongPeer.connect(served.server().socket())) {
                        kong.event(kong.start("probe", Served.CONFIG), "access");
                        kong.expectCall("kong.response.set_header");
                        kong.expectEnd();
                        kong.replyNothing();
                        kong.event(kong.start("probe", Served.CONFIG), "header_filter");
                        kong.expectEnd();
                    }
                    return null;
                }));
            }
            for (Future<?> result : results) {
                result.get();
            }
        }
    }
}
