// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import io.lintel.cse.internal.registration.RegistrarSettings;
import java.time.Duration;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * The configuration area {@code registrar}, apart from the CSE's own because both have a {@code name}. The CSE refers to
 * it, so that a changed registrar rebuilds the CSE. A wrong value stops the start of the CSE.
 */
@Component(service = RegistrarConfiguration.class, configurationPid = "io.lintel.registrar")
@Designate(ocd = RegistrarConfiguration.Config.class)
public final class RegistrarConfiguration {
    private final Optional<RegistrarSettings> settings;

    /** Where and how this CSE registers at another. */
    @ObjectClassDefinition(name = "Lintel registrar", description = "The CSE that this one registers at. An IN-CSE has none.")
    @interface Config {
        @AttributeDefinition(name = "URI",
                description = "The registrar's point of access, such as mqtt://host:1883. Empty: no registrar.")
        String uri() default "";

        @AttributeDefinition(name = "CSE-ID", description = "The registrar's SP-relative CSE-ID.")
        String cseId() default "/in-cse";

        @AttributeDefinition(name = "CSEBase name", description = "The resource name of the registrar's CSEBase.")
        String name() default "in-name";

        @AttributeDefinition(name = "Points of access",
                description = "Where the registrar reaches this CSE. Empty: the registrar's own"
                + " URI if that is MQTT, else the addresses of the open doors.")
        String[] poa() default {};

        @AttributeDefinition(name = "Serialization", description = "json, xml or cbor.")
        String serialization() default "json";

        @AttributeDefinition(name = "Expiration, seconds", description = "How long the registration shall last without renewal.")
        long expirationSeconds() default 86_400;

        @AttributeDefinition(name = "Check, seconds", description = "How often the registration is looked at.")
        long checkSeconds() default 60;

        @AttributeDefinition(name = "First pause after a failure, milliseconds",
                description = "Doubles with each further failure.")
        long retryInitialMillis() default 250;

        @AttributeDefinition(name = "Credential-ID", required = false,
                description = "What the registrar's MQTT server calls the credential that this CSE shows there, such as"
                + " 12-gateway. With it this CSE registers on reg_req; empty: under its CSE-ID from the start.")
        String credentialId() default "";

        @AttributeDefinition(name = "CSE-ID of the IN-CSE", required = false,
                description = "It assigns AE-IDs of type S. Empty: the registrar is the IN-CSE.")
        String inCseId() default "";

        @AttributeDefinition(name = "Longest pause after failures, milliseconds")
        long retryMaxMillis() default 60_000;
    }

    @Activate
    public RegistrarConfiguration(Config config) {
        settings = config.uri().isBlank() ? Optional.empty() : Optional.of(RegistrarSettings.of(config.uri(), config.cseId(),
                config.name(),
                ConfigReader.list(config.poa()), config.serialization(), Duration.ofSeconds(config.expirationSeconds()),
                Duration.ofSeconds(config.checkSeconds()), Duration.ofMillis(config.retryInitialMillis()),
                Duration.ofMillis(config.retryMaxMillis())).withCredential(config.credentialId()).withInCse(config.inCseId()));
    }

    Optional<RegistrarSettings> settings() {
        return settings;
    }
}
