// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.registration;

import io.lintel.cse.api.Departure;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** The administrator's way to end this CSE's registration for good, see {@link RegistrarLink#deregister}. */
public final class RegistrarDeparture implements Departure {
    private static final int DEPARTS = 10;

    private final RegistrarLink link;
    private final String registrar;

    public RegistrarDeparture(RegistrarLink link, String registrar) {
        this.link = link;
        this.registrar = registrar;
    }

    @Override
    public String name() {
        return "registrar";
    }

    @Override
    public int order() {
        return DEPARTS;
    }

    /** Somebody who wants to leave one MQTT server does not mean the registration. */
    @Override
    public CompletionStage<List<Outcome>> depart(Optional<String> which) {
        if (which.isPresent()) {
            return CompletableFuture.completedStage(List.of());
        }
        return link.deregister().handle((response, failure) -> List.of(outcome(response, failure)));
    }

    private Outcome outcome(ResponsePrimitive response, Throwable failure) {
        if (failure != null) {
            Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            return new Outcome(false, "registrar " + registrar + ": not deregistered, " + cause.getMessage());
        }
        boolean gone = response.isSuccess() || response.statusCode() == ResponseStatusCode.NOT_FOUND.code();
        return new Outcome(gone, "registrar " + registrar + (gone ? ": deregistered" : ": not deregistered, it answers "
                + response.statusCode()));
    }
}
