package io.gatewright.server.keys;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Set;

/**
 * Whom we may ask. Whoever writes an issuer document must not be able to make this process knock at doors inside the network
 * (server-side request forgery), so private addresses are refused unless the operator names the host. Immutable.
 *
 * <p>A host is resolved once and the connection goes to that address, so that a second answer of its name server (DNS
 * rebinding) has no effect.
 *
 * @param loopback whether an issuer on this machine may be asked, also by plain http
 * @param privateHosts host names and addresses, lower case, that may be private
 */
public record AllowedAddresses(boolean loopback, Set<String> privateHosts) {
    /**
     * The address to connect to.
     *
     * @param loopbackIssuer whether the issuer itself is on this machine: one that is not may not send us here
     * @throws IOException with a sentence that names what is not allowed, and how it could be
     */
    InetAddress of(URI uri, boolean loopbackIssuer) throws IOException {
        String host = host(uri);
        boolean https = "https".equals(uri.getScheme());
        InetAddress[] addresses;
        try {
            addresses = InetAddress.getAllByName(host);
        } catch (UnknownHostException e) {
            throw new IOException("The host " + host + " has no address", e);
        }
        if (privateHosts.contains(host)) {
            return addresses[0];
        }
        if (loopback && loopbackIssuer && Arrays.stream(addresses).allMatch(InetAddress::isLoopbackAddress)) {
            return addresses[0];
        }
        if (!https) {
            throw new IOException(
                    uri + " is not https; only an issuer on this machine, or a host that --keys-hosts names,"
                            + " may be asked by plain http");
        }
        if (!Arrays.stream(addresses).allMatch(AllowedAddresses::isPublic)) {
            throw new IOException("The host " + host + " has a private address; name it in --keys-hosts to allow it");
        }
        return addresses[0];
    }

    /** Whether a URL names this machine by its loopback address. */
    static boolean isLoopback(URI uri) {
        String host = uri.getHost();
        return host != null
                && (host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.[0-9]{1,3}){3}"));
    }

    private static String host(URI uri) throws IOException {
        String host = uri.getHost();
        boolean http = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
        if (host == null || !http || uri.getRawUserInfo() != null) {
            throw new IOException(uri + " is not an http or https URL with a host and without a user");
        }
        return host.toLowerCase(java.util.Locale.ROOT).replaceAll("[\\[\\]]", "");
    }

    /** By the special-purpose registries of RFC 6890; Java gives a mapped address (::ffff:0:0/96) as the IPv4 one. */
    static boolean isPublic(InetAddress address) {
        if (address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return false;
        }
        byte[] bytes = address.getAddress();
        return address instanceof Inet4Address ? isPublic4(bytes) : isPublic6(bytes);
    }

    private static boolean isPublic4(byte[] bytes) {
        int first = bytes[0] & 0xff;
        int second = bytes[1] & 0xff;
        int third = bytes[2] & 0xff;
        boolean shared = first == 100 && (second & 0xc0) == 64; // 100.64.0.0/10
        boolean assignments = first == 192 && second == 0 && third == 0;
        boolean benchmarks = first == 198 && (second & 0xfe) == 18; // 198.18.0.0/15
        return first != 0 && first < 224 && !shared && !assignments && !benchmarks;
    }

    /** Only global unicast, and no form that carries an IPv4 address: 6to4 (2002::/16), Teredo (2001::/32). */
    private static boolean isPublic6(byte[] bytes) {
        int first = ((bytes[0] & 0xff) << 8) | (bytes[1] & 0xff);
        int second = ((bytes[2] & 0xff) << 8) | (bytes[3] & 0xff);
        return (first & 0xe000) == 0x2000 && first != 0x2002 && !(first == 0x2001 && second == 0);
    }
}
