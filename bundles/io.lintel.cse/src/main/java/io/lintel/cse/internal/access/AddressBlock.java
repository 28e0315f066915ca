// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import java.util.Optional;

/** IP addresses and blocks of them ({@code acip} in an access control context), read by hand so that no name is looked up. */
final class AddressBlock {
    private static final int GROUPS = 8;

    private AddressBlock() {
    }

    /** Whether the peer ({@code address}, {@code address:port}, {@code [address]:port}) lies in {@code address[/prefix]}. */
    static boolean contains(String block, String peer) {
        int slash = block.indexOf('/');
        Optional<byte[]> network = parse(slash < 0 ? block : block.substring(0, slash));
        Optional<byte[]> address = parse(host(peer));
        if (network.isEmpty() || address.isEmpty() || network.get().length != address.get().length) {
            return false;
        }
        int bits = network.get().length * 8;
        int prefix;
        try {
            prefix = slash < 0 ? bits : Integer.parseInt(block.substring(slash + 1));
        } catch (NumberFormatException e) {
            return false;
        }
        if (prefix < 0 || prefix > bits) {
            return false;
        }
        for (int i = 0; i < prefix; i++) {
            int mask = 0x80 >> (i % 8);
            if ((network.get()[i / 8] & mask) != (address.get()[i / 8] & mask)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the text is an IP address. */
    static boolean isAddress(String text) {
        return parse(text).isPresent();
    }

    /** The address of a peer without its port, which a whole IPv6 address may be followed by even without brackets. */
    static String host(String peer) {
        String text = peer.substring(peer.lastIndexOf('/') + 1);
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            return end < 0 ? text : text.substring(1, end);
        }
        int zone = text.indexOf('%');
        if (zone >= 0) {
            return text.substring(0, zone);
        }
        if (text.chars().filter(c -> c == ':').count() == GROUPS && !text.contains("::")) {
            return text.substring(0, text.lastIndexOf(':'));
        }
        int colon = text.indexOf(':');
        return colon >= 0 && text.indexOf(':', colon + 1) < 0 ? text.substring(0, colon) : text;
    }

    private static Optional<byte[]> parse(String text) {
        return text.indexOf(':') < 0 ? parse4(text) : parse6(text);
    }

    private static Optional<byte[]> parse4(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return Optional.empty();
        }
        byte[] bytes = new byte[4];
        for (int i = 0; i < 4; i++) {
            Optional<Integer> value = number(parts[i], 10, 255);
            if (value.isEmpty()) {
                return Optional.empty();
            }
            bytes[i] = value.get().byteValue();
        }
        return Optional.of(bytes);
    }

    private static Optional<byte[]> parse6(String text) {
        int gap = text.indexOf("::");
        String[] head = groups(gap < 0 ? text : text.substring(0, gap));
        String[] tail = gap < 0 ? new String[0] : groups(text.substring(gap + 2));
        int given = head.length + tail.length;
        if (gap < 0 ? given != 8 : given > 7) {
            return Optional.empty();
        }
        byte[] bytes = new byte[16];
        for (int i = 0; i < given; i++) {
            boolean inHead = i < head.length;
            Optional<Integer> value = number(inHead ? head[i] : tail[i - head.length], 16, 0xffff);
            if (value.isEmpty()) {
                return Optional.empty();
            }
            int at = inHead ? i : 8 - given + i;
            bytes[2 * at] = (byte) (value.get() >> 8);
            bytes[2 * at + 1] = value.get().byteValue();
        }
        return Optional.of(bytes);
    }

    private static String[] groups(String text) {
        return text.isEmpty() ? new String[0] : text.split(":", -1);
    }

    private static Optional<Integer> number(String text, int radix, int maximum) {
        try {
            int value = Integer.parseInt(text, radix);
            return value < 0 || value > maximum || text.length() > 4 ? Optional.empty() : Optional.of(value);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
