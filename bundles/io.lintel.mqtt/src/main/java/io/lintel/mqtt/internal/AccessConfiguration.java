// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.tls.Identities;
import io.lintel.tls.IdentityRules;
import io.lintel.tls.IdentityRules.Kind;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is configured about the clients of the co-located MQTT server: the settings of {@code io.lintel.security}, and the
 * rules file, which is read again within a second of a change. A file with an error is reported and the rules before it
 * stay; at the start that is none. The topic policy asks it who may what, the request reader what a Credential-ID stands
 * for. Answers from memory, any thread; reads the file on a thread of its own.
 */
@Component(service = AccessConfiguration.class, configurationPid = "io.lintel.security")
@Designate(ocd = AccessConfiguration.Config.class)
public final class AccessConfiguration {
    private static final Logger LOG = LoggerFactory.getLogger(AccessConfiguration.class);
    private static final long LOOK_MILLIS = 500;
    private static final long LARGEST_FILE = 1_048_576;

    /** Settings of {@code io.lintel.security} that concern the MQTT server's clients. */
    @ObjectClassDefinition(name = "Lintel security")
    @interface Config {
        @AttributeDefinition(name = "Loopback",
                description = "open: anonymous clients on this machine are served; closed: they are not")
        String loopback() default "open";

        @AttributeDefinition(name = "MQTT rules", description = "File of the rules for topics outside oneM2M and for what "
                + "credentials stand for; below the node's home")
        String mqttRules() default "etc/mqtt-rules";

        @AttributeDefinition(name = "Credential-ID of users", description = "%u is the user name")
        String userCredential() default "12-%u";

        @AttributeDefinition(name = "Refused publications per connection", description = "That close it; 0 for never")
        int mistakes() default 10;
    }

    private final boolean loopbackOpen;
    private final CredentialIds credentialIds;
    private final Identities identities;
    private final int mistakes;
    private final Path file;
    private final ScheduledThreadPoolExecutor watch;
    private volatile AccessRules rules = AccessRules.NONE;
    private Optional<String> state = Optional.empty();

    @Activate
    public AccessConfiguration(Config config, @Reference Identities identities) {
        this(config, identities, Path.of(System.getProperty("lintel.home", "")));
    }

    AccessConfiguration(Config config, Path home) {
        this(config, new Identities(home, "etc/identities", "%c.%d", "%c.*.%d"), home);
    }

    private AccessConfiguration(Config config, Identities identities, Path home) {
        this.identities = identities;
        loopbackOpen = switch (config.loopback().trim()) {
            case "open" -> true;
            case "closed" -> false;
            default -> throw new IllegalArgumentException("security.loopback must be open or closed: " + config.loopback());
        };
        credentialIds = new CredentialIds(config.userCredential().trim());
        if (config.mistakes() < 0) {
            throw new IllegalArgumentException("security.mistakes is a number, 0 for never: " + config.mistakes());
        }
        mistakes = config.mistakes();
        file = home.resolve(config.mqttRules().trim());
        look();
        watch = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "lintel-mqtt-rules");
            thread.setDaemon(true);
            return thread;
        });
        watch.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Deactivate
    void close() {
        watch.shutdownNow();
    }

    boolean loopbackOpen() {
        return loopbackOpen;
    }

    CredentialIds credentialIds() {
        return credentialIds;
    }

    /** Whom certificates stand for, before the rules here are asked. */
    Identities identities() {
        return identities;
    }

    /** How many refused publications close a connection; 0 for none. */
    int mistakes() {
        return mistakes;
    }

    /** The rules as they are now; another object after every change. */
    AccessRules rules() {
        return rules;
    }

    /** What a user stands for: by the rules, else by its name, else any AE. */
    List<String> idsOfUser(String name) {
        return ids(Kind.USER, name);
    }

    /** What a certificate that carries no ID stands for. */
    List<String> idsOfCertificate(String name) {
        return ids(Kind.CERTIFICATE, name);
    }

    private List<String> ids(Kind kind, String name) {
        return identities.ids(kind, name, rules.identities());
    }

    /**
     * What a Credential-ID that came with a registration stands for (TS-0003 8.2.3). While loopback is open a program on
     * this machine may show any: what nobody is configured for is not limited then.
     */
    Optional<List<String>> permitted(String credential) {
        Optional<List<String>> ids = known(credential);
        if (loopbackOpen) {
            return ids.filter(known -> known != Identities.ANY_AE);
        }
        return ids.isPresent() ? ids : Optional.of(List.of());
    }

    /** The same for a credential that another server has verified, wherever its clients are. */
    List<String> permittedElsewhere(String credential) {
        return known(credential).orElse(List.of());
    }

    private Optional<List<String>> known(String credential) {
        return credentialIds.owner(credential).map(owner -> switch (owner.kind()) {
            case AE, CSE -> List.of(owner.name());
            case CERTIFICATE -> idsOfCertificate(owner.name());
            case USER -> idsOfUser(owner.name());
        });
    }

    // ---- the file ---------------------------------------------------------------------------------------------------

    private void look() {
        try {
            Optional<String> now = Files.isRegularFile(file) ? Optional.of(signature()) : Optional.of("");
            if (!now.equals(state)) {
                state = now;
                read();
            }
        } catch (IOException | RuntimeException e) {
            LOG.error("The rules {} cannot be read, those before stay: {}", file, e.toString());
        }
    }

    private String signature() throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return attributes.lastModifiedTime() + " " + attributes.size() + " " + attributes.fileKey();
    }

    private void read() throws IOException {
        if (!Files.isRegularFile(file)) {
            if (rules != AccessRules.NONE) {
                LOG.info("There are no rules {} any more: topics outside oneM2M are closed", file);
            }
            rules = AccessRules.NONE;
            return;
        }
        if (Files.size(file) > LARGEST_FILE) {
            LOG.error("The rules {} are larger than {} bytes, those before stay", file, LARGEST_FILE);
            return;
        }
        try {
            List<String> lines = Files.readAllLines(file);
            rules = AccessRules.parse(lines);
            LOG.info("Rules for MQTT clients are taken from {}", file);
        } catch (IdentityRules.MalformedRulesException e) {
            LOG.error("The rules {} have errors, those before stay: {}", file, e.getMessage());
        } catch (CharacterCodingException e) {
            LOG.error("The rules {} are no UTF-8 text, those before stay", file);
        }
    }
}
