// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.internal.access.AccessSettings;
import io.lintel.cse.internal.access.TokenKey;
import io.lintel.cse.internal.nonblocking.RequestLife;
import io.lintel.cse.internal.operation.Limits;
import io.lintel.cse.internal.outbound.OutboundSettings;
import io.lintel.cse.internal.profile.ServiceSubscriptions;
import io.lintel.primitive.Identifiers;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Turns the configuration into settings, or refuses it with a sentence that names the key. */
final class ConfigReader {
    private ConfigReader() {
    }

    /** @throws IllegalArgumentException naming the key whose value is wrong */
    static CseSettings settings(CseConfig config, boolean loopbackOpen) {
        if (!Identifiers.isElement(config.administrator())) {
            throw new IllegalArgumentException("cse.administrator must be one element of letters, digits, '-', '.' and '_': "
                    + config.administrator());
        }
        if (config.name().equals(config.ri()) || config.ri().startsWith("C") || config.ri().startsWith("S")) {
            throw new IllegalArgumentException("cse.ri must differ from cse.name and may not begin with C or S, as AE-IDs do: "
                    + config.ri());
        }
        if (config.expirationSweepSeconds() < 1) {
            throw new IllegalArgumentException("cse.expirationSweepSeconds must be positive: " + config.expirationSweepSeconds());
        }
        CseIdentity identity = new CseIdentity(config.spId(), config.id(), config.name(), config.ri(), type(config.type()),
                config.administrator());
        return new CseSettings(identity, loopbackOpen, points(config.poa()), list(config.aeIds()), list(config.appIds()),
                list(config.cseIds()), list(config.releaseVersions()), Duration.ofSeconds(config.defaultExpirationSeconds()),
                Duration.ofSeconds(config.maximumExpirationSeconds()), Duration.ofMillis(config.requestTimeoutMillis()),
                config.maximumContentBytes(), config.maximumResults(), Duration.ofSeconds(config.storedResponseSeconds()),
                access(config), limits(config));
    }

    /** @throws IllegalArgumentException naming the key whose value is wrong */
    static OutboundSettings outbound(CseConfig config, CseSettings settings) {
        positive("cse.notificationLifeSeconds", config.notificationLifeSeconds());
        positive("cse.notificationQueueLimit", config.notificationQueueLimit());
        positive("cse.notificationRetryInitialMillis", config.notificationRetryInitialMillis());
        positive("cse.notificationBatchSeconds", config.notificationBatchSeconds());
        positive("cse.maximumOutstanding", config.maximumOutstanding());
        positive("cse.forwardedRequestLifeSeconds", config.forwardedRequestLifeSeconds());
        positive("cse.outboundTargetBytes", config.outboundTargetBytes());
        positive("cse.outboundTotalLimit", config.outboundTotalLimit());
        positive("cse.outboundTotalBytes", config.outboundTotalBytes());
        positive("cse.delayedRequestLimit", config.delayedRequestLimit());
        if (config.notificationRetryMaxMillis() < config.notificationRetryInitialMillis()) {
            throw new IllegalArgumentException("cse.notificationRetryMaxMillis must not be less than"
                    + " cse.notificationRetryInitialMillis: " + config.notificationRetryMaxMillis() + " < "
                    + config.notificationRetryInitialMillis());
        }
        return new OutboundSettings(settings.requestTimeout(), Duration.ofSeconds(config.notificationLifeSeconds()),
                Duration.ofMillis(config.notificationRetryInitialMillis()),
                Duration.ofMillis(config.notificationRetryMaxMillis()),
                config.notificationQueueLimit(), whenFull(config.notificationQueueFull()), config.maximumOutstanding(),
                verification(config), OutboundSettings.defaults().releaseVersion(),
                OutboundSettings.defaults().sessionReachable(),
                settings.releaseVersions(), new OutboundSettings.Bounds(config.outboundTotalLimit(),
                        config.outboundTargetBytes(), config.outboundTotalBytes(),
                        Duration.ofSeconds(config.forwardedRequestLifeSeconds()), config.delayedRequestLimit(),
                        Duration.ofSeconds(config.notificationBatchSeconds()), pollWait(config)));
    }

    private static OutboundSettings.Verification verification(CseConfig config) {
        if (!config.verification()) {
            return OutboundSettings.Verification.NONE;
        }
        return config.uriVerification() ? OutboundSettings.Verification.ALL : OutboundSettings.Verification.ENTITIES;
    }

    private static Duration pollWait(CseConfig config) {
        positive("cse.pollWaitSeconds", config.pollWaitSeconds());
        return Duration.ofSeconds(config.pollWaitSeconds());
    }

    private static AccessSettings access(CseConfig config) {
        Map<String, TokenKey> keys = new LinkedHashMap<>();
        for (String entry : list(config.tokenIssuers())) {
            int equals = entry.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("cse.tokenIssuers must be a list of ID=file: " + entry);
            }
            Path file = Path.of(System.getProperty("lintel.home", "")).resolve(entry.substring(equals + 1).trim());
            try {
                keys.put(entry.substring(0, equals).trim(), TokenKey.read(Files.readAllBytes(file)));
            } catch (IOException e) {
                throw new IllegalArgumentException("cse.tokenIssuers names a file that can't be read: " + file, e);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("cse.tokenIssuers: " + file + " holds " + e.getMessage(), e);
            }
        }
        return new AccessSettings(config.country(), list(config.roleIssuers()), keys, subscriptions(config));
    }

    private static ServiceSubscriptions.Mode subscriptions(CseConfig config) {
        return switch (config.serviceSubscription().trim()) {
            case "" -> type(config.type()) == CseIdentity.CseType.IN ? ServiceSubscriptions.Mode.IF_PRESENT
                    : ServiceSubscriptions.Mode.OFF;
            case "off" -> ServiceSubscriptions.Mode.OFF;
            case "ifPresent" -> ServiceSubscriptions.Mode.IF_PRESENT;
            case "required" -> ServiceSubscriptions.Mode.REQUIRED;
            default -> throw new IllegalArgumentException("cse.serviceSubscription must be off, ifPresent, required or empty: "
                    + config.serviceSubscription());
        };
    }

    private static Limits limits(CseConfig config) {
        String strict = config.strictRelease().trim().toLowerCase(Locale.ROOT);
        if (!strict.isEmpty() && !strict.equals("2a")) {
            throw new IllegalArgumentException("cse.strictRelease must be 2a or empty: " + config.strictRelease());
        }
        return new Limits(config.maximumDepth(), config.maximumChildren(), config.maximumResources(),
                config.maximumAttributes(), config.maximumListEntries(), config.maximumLabels(), config.maximumTextLength(),
                !strict.isEmpty());
    }

    /** @throws IllegalArgumentException naming the keys whose values are wrong */
    static RequestLife requestLife(CseConfig config) {
        return new RequestLife(Duration.ofSeconds(config.requestResultSeconds()),
                Duration.ofSeconds(config.requestResultMinimumSeconds()),
                Duration.ofSeconds(config.requestResultMaximumSeconds()), config.requestResourceLimit());
    }

    private static void positive(String key, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(key + " must be positive: " + value);
        }
    }

    private static OutboundSettings.WhenFull whenFull(String rule) {
        return switch (rule.trim()) {
            case "dropOldest" -> OutboundSettings.WhenFull.DROP_OLDEST;
            case "dropNewest" -> OutboundSettings.WhenFull.DROP_NEWEST;
            default -> throw new IllegalArgumentException("cse.notificationQueueFull must be dropOldest or dropNewest: " + rule);
        };
    }

    private static CseIdentity.CseType type(String type) {
        try {
            return CseIdentity.CseType.valueOf(type.trim().toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("cse.type must be in, mn or asn: " + type, e);
        }
    }

    private static List<String> points(String[] configured) {
        List<String> points = list(configured);
        points.forEach(point -> {
            if (!point.contains("://")) {
                throw new IllegalArgumentException("cse.poa must be a list of URIs: " + point);
            }
            URI.create(point);
        });
        return points;
    }

    /** A file has one text with commas, the console several texts. */
    static List<String> list(String[] values) {
        return Arrays.stream(values).flatMap(value -> Arrays.stream(value.split(","))).map(String::trim)
                .filter(value -> !value.isEmpty()).toList();
    }
}
