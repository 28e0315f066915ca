// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.internal.access.AccessSettings;
import io.lintel.cse.internal.operation.Limits;
import java.time.Duration;
import java.util.List;

/**
 * The validated configuration of the hosting side.
 *
 * @param identity            who this CSE is
 * @param loopbackOpen        whether unverified senders on loopback are served ({@code security.loopback=open})
 * @param pointsOfAccess      URIs to be listed in the CSEBase besides those of the open doors
 * @param aeIds               patterns of the AE-ID stems that may register
 * @param appIds              patterns of the App-IDs that may register
 * @param cseIds              patterns of the CSE-IDs that may register
 * @param releaseVersions     releases served, as in {@code srv}
 * @param defaultExpiration   life of a resource that asks for none
 * @param maximumExpiration   longest life of a resource
 * @param requestTimeout      how long a request that names no deadline may take on its way through other entities
 * @param maximumContentBytes largest {@code con}
 * @param maximumResults      most resources in one answer
 * @param storedResponse      how long the response to a delivery is kept for its repetition
 * @param access              of access control
 * @param limits              how much a request may bring and the tree may hold
 */
public record CseSettings(CseIdentity identity, boolean loopbackOpen, List<String> pointsOfAccess, List<String> aeIds,
        List<String> appIds,
        List<String> cseIds, List<String> releaseVersions, Duration defaultExpiration, Duration maximumExpiration,
        Duration requestTimeout, int maximumContentBytes, int maximumResults, Duration storedResponse,
        AccessSettings access, Limits limits) {
    public CseSettings {
        pointsOfAccess = List.copyOf(pointsOfAccess);
        aeIds = List.copyOf(aeIds);
        appIds = List.copyOf(appIds);
        cseIds = List.copyOf(cseIds);
        releaseVersions = List.copyOf(releaseVersions);
        if (releaseVersions.isEmpty()) {
            throw new IllegalArgumentException("cse.releaseVersions must name at least one release");
        }
        positive("cse.defaultExpirationSeconds", defaultExpiration);
        positive("cse.maximumExpirationSeconds", maximumExpiration);
        positive("cse.requestTimeoutMillis", requestTimeout);
        positive("cse.storedResponseSeconds", storedResponse);
        if (defaultExpiration.compareTo(maximumExpiration) > 0) {
            throw new IllegalArgumentException("cse.defaultExpirationSeconds must not exceed cse.maximumExpirationSeconds: "
                    + defaultExpiration.toSeconds() + " > " + maximumExpiration.toSeconds());
        }
        if (maximumContentBytes < 1 || maximumResults < 1) {
            throw new IllegalArgumentException("cse.maximumContentBytes and cse.maximumResults must be positive: "
                    + maximumContentBytes + ", " + maximumResults);
        }
    }

    /** With the defaults of access control and without limits. */
    public CseSettings(CseIdentity identity, boolean loopbackOpen, List<String> pointsOfAccess, List<String> aeIds,
            List<String> appIds, List<String> cseIds, List<String> releaseVersions, Duration defaultExpiration,
            Duration maximumExpiration, Duration requestTimeout, int maximumContentBytes, int maximumResults,
            Duration storedResponse) {
        this(identity, loopbackOpen, pointsOfAccess, aeIds, appIds, cseIds, releaseVersions, defaultExpiration,
                maximumExpiration, requestTimeout, maximumContentBytes, maximumResults, storedResponse,
                AccessSettings.defaults(), Limits.none());
    }

    /** The same with others for access control and limits. */
    public CseSettings with(AccessSettings otherAccess, Limits otherLimits) {
        return new CseSettings(identity, loopbackOpen, pointsOfAccess, aeIds, appIds, cseIds, releaseVersions,
                defaultExpiration, maximumExpiration, requestTimeout, maximumContentBytes, maximumResults, storedResponse,
                otherAccess, otherLimits);
    }

    private static void positive(String key, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(key + " must be positive: " + value);
        }
    }
}
