// SPDX-License-Identifier: Apache-2.0
package io.lintel.adapter;

import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Translates one family of devices. Registered as a service by any bundle; the adapter host subscribes to its topics on
 * the gateway's MQTT server and asks it about every message. An adapter keeps no connection and no thread; it is called
 * on the host's thread, one message at a time, and answers at once.
 */
@ConsumerType
public interface DeviceAdapter {

    /** Short and stable, letters and digits: part of the AE's App-ID and of its pointOfAccess. */
    String name();

    /** The topic filters of everything these devices publish. */
    List<String> topicFilters();

    /**
     * What a message means. An empty list means that it means nothing; a message that cannot be understood throws
     * {@link IllegalArgumentException} with a sentence that says why, and is logged and passed over.
     */
    List<Reading> read(String topic, byte[] payload);

    /**
     * What to publish so that the device does what an application asked for.
     *
     * @param device  the device, as its readings named it
     * @param content the content of the contentInstance that the application created in the device's command container
     * @throws IllegalArgumentException with a sentence for the application, if the device knows no such command
     */
    List<Publication> command(String device, String content);

    /**
     * What a message means for the device's flexContainers; read besides {@link #read}, by the same rules.
     */
    default List<ModuleReading> modules(String topic, byte[] payload) {
        return List.of();
    }

    /**
     * What to publish so that the device becomes what an application wrote into a flexContainer.
     *
     * @param device the device, as its readings named it
     * @param module the flexContainer's name
     * @param values all its attributes by their short names, as they are now
     * @throws IllegalArgumentException with a sentence for the application, if the device can't become so
     */
    default List<Publication> change(String device, String module, Map<String, Object> values) {
        throw new IllegalArgumentException(module + " can't be changed");
    }
}
