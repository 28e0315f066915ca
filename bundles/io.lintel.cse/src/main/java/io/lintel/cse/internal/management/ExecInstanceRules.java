// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.management;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.ResponseStatusCode;

/**
 * {@code <execInstance>} (TS-0001 9.6.17): one execution of a command, made by the CSE; an UPDATE with {@code execDisable} true
 * cancels it. On the writer's thread, inside the task of the request.
 */
public final class ExecInstanceRules implements TypeRules {
    /** Its number. */
    public static final int TYPE = 8;

    private final Executions executions;

    public ExecInstanceRules(Executions executions) {
        this.executions = executions;
    }

    @Override
    public void update(ResourceWriter writer, RequestContext context, Resource before, Attributes changes,
            Attributes.Builder after) {
        if (changes.has("exd")) {
            after.set("exd", false);
        }
        if (changes.flag("exd").orElse(false)) {
            executions.cancel(writer, before, after);
        }
    }

    @Override
    public Attributes executed(Resource target, Attributes changes) {
        return changes.flag("exd").orElse(false) ? Attributes.of("exd", true) : Attributes.empty();
    }

    @Override
    public void delete(ResourceWriter writer, RequestContext context, Resource target) {
        if (Executions.isRunning(target)) {
            throw Command.refusal(ResponseStatusCode.MGMT_COMMAND_NOT_CANCELLABLE, "the command is being executed; it can be"
                    + " deleted when it is done");
        }
    }

    @Override
    public void deleted(ResourceWriter writer, RequestContext context, Resource deleted) {
        executions.forget(writer, deleted);
    }
}
