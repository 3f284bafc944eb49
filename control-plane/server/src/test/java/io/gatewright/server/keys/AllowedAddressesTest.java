package io.gatewright.server.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AllowedAddressesTest {
    private static final AllowedAddresses STRICT = new AllowedAddresses(false, Set.of());
    private static final AllowedAddresses LOCAL = new AllowedAddresses(true, Set.of());
    private static final AllowedAddresses NAMED = new AllowedAddresses(false, Set.of("10.0.0.7", "localhost"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.9.9.9",
                "0.0.0.0",
                "10.1.2.3",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "169.254.169.254",
                "100.64.0.1",
                "100.127.255.255",
                "192.0.0.8",
                "198.18.0.1",
                "224.0.0.1",
                "240.0.0.1",
                "255.255.255.255",
                "::1",
                "::",
                "::ffff:10.0.0.1",
                "::ffff:127.0.0.1",
                "fe80::1",
                "fec0::1",
                "fd00::1",
                "fc00::1",
                "ff02::1",
                "64:ff9b::a00:1",
                "2002:a00:1::1",
                "2001:0:a00:1::1",
                "::7f00:1"
            })
    void knowsWhatIsNotPublic(String address) throws Exception {
        assertThat(AllowedAddresses.isPublic(InetAddress.getByName(address))).isFalse();
        String host = address.contains(":") ? "[" + address + "]" : address;
        assertThatThrownBy(() -> STRICT.of(URI.create("https://" + host + "/keys"), false))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("has a private address; name it in --keys-hosts");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "9.255.255.255",
                "11.0.0.1",
                "172.15.0.1",
                "172.32.0.1",
                "100.63.0.1",
                "100.128.0.1",
                "192.167.0.1",
                "198.17.0.1",
                "223.255.255.255",
                "2606:4700::1111",
                "2001:4860:4860::8888"
            })
    void knowsWhatIsPublic(String address) throws Exception {
        assertThat(AllowedAddresses.isPublic(InetAddress.getByName(address))).isTrue();
    }

    @Test
    void asksThisMachineOnlyForAnIssuerThatIsHere() throws Exception {
        URI here = URI.create("http://127.0.0.1:8081/keys");
        assertThat(LOCAL.of(here, true).isLoopbackAddress()).isTrue();
        assertThatThrownBy(() -> LOCAL.of(here, false)).hasMessageContaining("is not https");
        assertThatThrownBy(() -> STRICT.of(here, true)).hasMessageContaining("is not https");
        assertThatThrownBy(() -> LOCAL.of(URI.create("https://127.0.0.1/keys"), false))
                .hasMessageContaining("private address");
    }

    @Test
    void asksNoOtherMachineByPlainHttp() {
        assertThatThrownBy(() -> LOCAL.of(URI.create("http://1.1.1.1/keys"), true))
                .hasMessageContaining("is not https");
    }

    @Test
    void asksWhomTheOperatorNames() throws Exception {
        assertThat(NAMED.of(URI.create("http://10.0.0.7:8080/keys"), false).getHostAddress())
                .isEqualTo("10.0.0.7");
        assertThat(NAMED.of(URI.create("https://LOCALHOST/keys"), false).isLoopbackAddress())
                .isTrue();
        assertThatThrownBy(() -> NAMED.of(URI.create("https://10.0.0.8/keys"), false))
                .hasMessageContaining("private address");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ftp://1.1.1.1/keys", "file:///etc/passwd", "https:///keys", "https://a:b@1.1.1.1/keys", ""})
    void asksNothingButWebServers(String uri) {
        assertThatThrownBy(() -> LOCAL.of(URI.create(uri), true))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is not an http or https URL");
    }

    @Test
    void takesOnlyLiteralLoopbackForAnIssuerThatIsHere() {
        assertThat(AllowedAddresses.isLoopback(URI.create("http://localhost:1/")))
                .isTrue();
        assertThat(AllowedAddresses.isLoopback(URI.create("http://[::1]:1/"))).isTrue();
        assertThat(AllowedAddresses.isLoopback(URI.create("http://127.0.0.1.example.com/")))
                .isFalse();
        assertThat(AllowedAddresses.isLoopback(URI.create("http://localhost.example.com/")))
                .isFalse();
    }
}
