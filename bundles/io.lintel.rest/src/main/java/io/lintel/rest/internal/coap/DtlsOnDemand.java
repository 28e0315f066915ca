// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Function;

import org.eclipse.californium.elements.Connector;
import org.eclipse.californium.elements.EndpointContextMatcher;
import org.eclipse.californium.elements.RawData;
import org.eclipse.californium.elements.RawDataChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A DTLS server that is only a bound port until somebody comes. Most homes have nobody who speaks CoAPS, and what the
 * cryptography looks up when it is loaded costs a tenth of a node's start. The first datagram makes the real connector at the
 * same port and is its first input, so that the peer notices nothing but the time it takes.
 *
 * <p>Called by the endpoint and the door on any thread; {@code lintel-coaps-first} waits for the first datagram and ends then.
 */
final class DtlsOnDemand implements Connector {
    private static final Logger LOG = LoggerFactory.getLogger(DtlsOnDemand.class);
    private static final int LARGEST_DATAGRAM = 65_535;
    private static final long REBIND_MILLIS = 200;

    private final Function<InetSocketAddress, Connector> maker;
    private InetSocketAddress address;
    private RawDataChannel receiver;
    private EndpointContextMatcher matcher;
    private DatagramSocket quiet;
    private Connector real;
    private boolean running;

    /** @param maker makes the real connector for an address, without starting it */
    DtlsOnDemand(InetSocketAddress address, Function<InetSocketAddress, Connector> maker) {
        this.address = address;
        this.maker = maker;
    }

    @Override
    public synchronized void start() throws IOException {
        if (running) {
            return;
        }
        if (real != null) {
            real.start();
        } else {
            listenQuietly();
        }
        running = true;
    }

    private void listenQuietly() throws IOException {
        DatagramSocket bound = new DatagramSocket(address);
        address = (InetSocketAddress) bound.getLocalSocketAddress();
        quiet = bound;
        Thread first = new Thread(() -> awaitFirst(bound), "lintel-coaps-first");
        first.setDaemon(true);
        first.start();
    }

    private void awaitFirst(DatagramSocket bound) {
        DatagramPacket packet = new DatagramPacket(new byte[LARGEST_DATAGRAM], LARGEST_DATAGRAM);
        try {
            bound.receive(packet);
        } catch (IOException closed) {
            LOG.debug("CoAPS at {}: nobody came: {}", address, closed.getMessage());
            return;
        }
        begin(packet);
    }

    private synchronized void begin(DatagramPacket packet) {
        if (!running) {
            return;
        }
        quiet.close();
        quiet = null;
        try {
            Connector made = made();
            if (whenFree(made::start)) {
                real = made;
                made.processDatagram(packet);
            } else {
                made.destroy();
            }
        } catch (RuntimeException e) {
            LOG.error("CoAPS at {} could not begin; it is tried again with the next peer", address, e);
            whenFree(this::listenQuietly);
        }
    }

    /** Takes the port. */
    private interface Opening {
        void open() throws IOException;
    }

    /**
     * The port is free for a moment; should another program be quicker, it is tried until that one is gone. With the lock held,
     * but not while it waits.
     *
     * @return false if this connector was stopped meanwhile
     */
    private boolean whenFree(Opening opening) {
        boolean said = false;
        while (running) {
            try {
                opening.open();
                return true;
            } catch (IOException e) {
                if (!said) {
                    LOG.error("CoAPS cannot listen on {} any more: {}; trying again", address, e.getMessage());
                    said = true;
                }
            }
            try {
                wait(REBIND_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return false;
    }

    private Connector made() {
        Connector made = maker.apply(address);
        made.setRawDataReceiver(receiver);
        if (matcher != null) {
            made.setEndpointContextMatcher(matcher);
        }
        return made;
    }

    @Override
    public synchronized void stop() {
        running = false;
        notifyAll();
        if (quiet != null) {
            quiet.close();
            quiet = null;
        }
        if (real != null) {
            real.stop();
        }
    }

    @Override
    public synchronized void destroy() {
        stop();
        if (real != null) {
            real.destroy();
            real = null;
        }
    }

    @Override
    public void send(RawData message) {
        Optional<Connector> present = present();
        if (present.isPresent()) {
            present.get().send(message);
        } else {
            message.onError(new IOException("nobody is connected to CoAPS at " + getAddress()));
        }
    }

    @Override
    public void processDatagram(DatagramPacket datagram) {
        present().ifPresent(connector -> connector.processDatagram(datagram));
    }

    private synchronized Optional<Connector> present() {
        return Optional.ofNullable(real);
    }

    @Override
    public synchronized void setRawDataReceiver(RawDataChannel channel) {
        receiver = channel;
        if (real != null) {
            real.setRawDataReceiver(channel);
        }
    }

    @Override
    public synchronized void setEndpointContextMatcher(EndpointContextMatcher newMatcher) {
        matcher = newMatcher;
        if (real != null) {
            real.setEndpointContextMatcher(newMatcher);
        }
    }

    @Override
    public synchronized InetSocketAddress getAddress() {
        return real == null ? address : real.getAddress();
    }

    @Override
    public String getProtocol() {
        return "DTLS";
    }

    @Override
    public synchronized boolean isRunning() {
        return running;
    }
}
