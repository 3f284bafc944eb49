package io.gatewright.envoybootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PortsTest {
    private static void listen(int port, boolean reuseAddress) throws IOException {
        try (ServerSocket server = new ServerSocket()) {
            server.setReuseAddress(reuseAddress);
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        }
    }

    @Test
    void givesPortsThatServersCanListenOn() throws Exception {
        listen(Ports.free(), true);
    }

    @Test
    void keepsThemFromEverybodyWhoDoesNotAskForJustThisOne() {
        int port = Ports.free();
        assertThatThrownBy(() -> listen(port, false)).isInstanceOf(BindException.class);
    }

    @Test
    void givesNoneTwice() {
        Set<Integer> ports = new HashSet<>();
        for (int i = 0; i < 500; i++) {
            ports.add(Ports.free());
        }
        assertThat(ports).hasSize(500);
    }
}
