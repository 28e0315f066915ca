// SPDX-License-Identifier: Apache-2.0
package io.lintel.tls;

import io.lintel.tls.IdentityRules.Kind;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From what a handshake verified to whom the peer may be, for every binding (TS-0003 8.2.2, 8.2.3, 10.1): certificates that
 * carry the ID of an AE or CSE say it themselves; for all other credentials the file of rules does, {@code etc/identities}
 * ({@link IdentityRules}), and without a rule their name. The file is looked at again when it has changed, at most once in
 * half a second; with an error in it, the rules before stay. Any thread; asked once for each association.
 */
@Component(service = Identities.class, configurationPid = "io.lintel.security")
@Designate(ocd = Identities.Config.class)
public final class Identities {
    /** A credential that says nothing of an ID may register any AE, as far as the registrar's own settings let it, and no CSE. */
    public static final List<String> ANY_AE = List.of("C*", "S*");

    private static final Logger LOG = LoggerFactory.getLogger(Identities.class);
    private static final String URI = "URI:";
    private static final String DNS = "DNS:";

    /** Settings of {@code io.lintel.security} that concern credentials. */
    @ObjectClassDefinition(name = "Lintel identities")
    public @interface Config {
        @AttributeDefinition(name = "Identities", description = "File of the rules for what credentials stand for; below the "
                + "node's home")
        String identities() default "etc/identities";

        @AttributeDefinition(name = "CSE domain names", description = "DNS names in certificates that mean a CSE: %c is the "
                + "CSE-ID without its slash, %d the domain of the service provider, * any one label; none for no such names")
        String[] cseDomainNames() default {"%c.%d", "%c.*.%d"};
    }

    /**
     * The CSE that asks.
     *
     * @param spId     the service provider's ID, such as {@code //lintel.example}
     * @param cseId    SP-relative
     * @param knownCse whether a CSE-ID, SP-relative or absolute, is one that is registered here or this one's registrar
     */
    public record Self(String spId, String cseId, Predicate<String> knownCse) {
    }

    private final WatchedFile file;
    private final CseDomainNames cseDomainNames;
    private volatile IdentityRules rules = IdentityRules.NONE;

    @Activate
    public Identities(Config config, BundleContext context) {
        this(Path.of(Optional.ofNullable(context.getProperty("lintel.home")).orElse("")), config.identities(),
                config.cseDomainNames());
    }

    /**
     * @param home           what the file's name is relative to
     * @param cseDomainNames patterns, or {@code none}
     * @throws IllegalArgumentException if a pattern does not say where the CSE-ID is
     */
    public Identities(Path home, String file, String... cseDomainNames) {
        this.file = new WatchedFile(home.resolve(file.trim()));
        List<String> patterns = Arrays.stream(cseDomainNames).flatMap(text -> Arrays.stream(text.split("[,\\s]+")))
                .filter(word -> !word.isEmpty()).toList();
        this.cseDomainNames = new CseDomainNames(patterns.equals(List.of("none")) ? List.of() : patterns);
    }

    /** @param names as {@link CertificateNames} gives them, not empty */
    public PeerIdentity ofCertificate(List<String> names, Self self) {
        return ofCertificate(names, self, IdentityRules.NONE);
    }

    /** As above, with rules that count before those of the file. */
    public PeerIdentity ofCertificate(List<String> names, Self self, IdentityRules first) {
        for (String name : names) {
            Optional<String> id = name.startsWith(URI) ? entity(name.substring(URI.length()), self)
                    : name.startsWith(DNS) ? cseDomainNames.cseId(name.substring(DNS.length()), self.spId) : Optional.empty();
            if (id.filter(i -> Ids.isCseId(i) || Ids.isAbsoluteCseId(i)).isPresent()) {
                return new PeerIdentity(CredentialId.ofCse(id.get()), List.of(id.get()));
            }
            if (id.isPresent()) {
                // an AE of another registrar's cannot register here, and is nobody else
                return new PeerIdentity(CredentialId.ofAe(id.get()), id.filter(Ids::isAeIdStem).stream().toList());
            }
        }
        String name = names.stream().flatMap(n -> spellings(n).stream()).filter(n -> Ids.isCseId(n) || Ids.isAeIdStem(n))
                .findFirst().orElse(names.get(0).substring(names.get(0).indexOf(':') + 1));
        return new PeerIdentity(CredentialId.ofCertificate(name), local(ids(Kind.CERTIFICATE, name, first), self));
    }

    /** @param identity the KpsaID of the key that the peer has shown */
    public PeerIdentity ofPsk(String identity, Self self) {
        return new PeerIdentity(CredentialId.ofPsk(identity), local(ids(Kind.PSK, identity, IdentityRules.NONE), self));
    }

    /** What a name stands for: by the rules, else the AE or CSE of that name, else {@link #ANY_AE}. */
    public List<String> ids(Kind kind, String name, IdentityRules first) {
        look();
        return first.ids(kind, List.of(name)).or(() -> rules.ids(kind, List.of(name))).orElseGet(() -> Ids.isCseId(name)
                || Ids.isAbsoluteCseId(name) || Ids.isAeIdStem(name) ? List.of(name) : ANY_AE);
    }

    private static List<String> spellings(String name) {
        return List.of(name, name.substring(name.indexOf(':') + 1));
    }

    /** In normal form, where the rules write an absolute CSE-ID of this service provider's. */
    private static List<String> local(List<String> ids, Self self) {
        return ids.stream().map(id -> id.startsWith(self.spId + "/") ? id.substring(self.spId.length()) : id).toList();
    }

    /**
     * The AE or CSE of this service provider that a URI names: an absolute AE-ID or CSE-ID, with or without a scheme in
     * front, since URIs in certificates have one and the standard names none. Of another service provider it is an IN-CSE
     * that is known here (Mcc'): any other URI may be of anything.
     */
    private static Optional<String> entity(String uri, Self self) {
        int slashes = uri.indexOf("//");
        boolean schemeOrNothing = slashes == 0 || slashes > 1 && uri.charAt(slashes - 1) == ':'
                && uri.substring(0, slashes - 1).indexOf('/') < 0;
        if (!schemeOrNothing) {
            return Optional.empty();
        }
        String absolute = uri.substring(slashes);
        if (Ids.isAbsoluteCseId(absolute) && self.knownCse.test(absolute)) {
            return Optional.of(absolute);
        }
        String[] elements = uri.substring(slashes + 2).split("/", -1);
        if (elements.length < 2 || elements.length > 3 || !self.spId.equalsIgnoreCase("//" + elements[0])
                || !Ids.isElement(elements[1])) {
            return Optional.empty();
        }
        String cseId = "/" + elements[1];
        if (elements.length == 2) {
            boolean ae = elements[1].startsWith("S") && Ids.isAeIdStem(elements[1]) && !self.knownCse.test(cseId);
            return Optional.of(ae ? elements[1] : cseId);
        }
        if (!Ids.isAeIdStem(elements[2])) {
            return Optional.empty();
        }
        return Optional.of(cseId.equals(self.cseId) ? elements[2] : cseId + "/" + elements[2]);
    }

    private synchronized void look() {
        file.changed().ifPresent(stamp -> {
            try {
                rules = stamp.equals(Stamp.NONE) ? IdentityRules.NONE : IdentityRules.parse(lines(stamp));
                LOG.info("What credentials stand for is taken from {}", file.path());
            } catch (CharacterCodingException e) {
                LOG.error("The rules {} are no UTF-8 text, those before stay", file.path());
            } catch (IdentityRules.MalformedRulesException | IOException e) {
                LOG.error("The rules {} have errors, those before stay: {}", file.path(), e.getMessage());
            }
        });
    }

    private List<String> lines(Stamp stamp) throws IOException {
        file.requireReadable(stamp);
        return Files.readAllLines(file.path());
    }
}
