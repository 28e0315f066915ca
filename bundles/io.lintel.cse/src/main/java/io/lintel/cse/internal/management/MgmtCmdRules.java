// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.management;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.Attributes;
import java.util.Optional;

/**
 * {@code <mgmtCmd>} (TS-0001 9.6.16, TS-0004 7.4.16): a command that is valid from the start, and that an UPDATE with
 * {@code execEnable} true executes. On the writer's thread, inside the task of the request.
 */
public final class MgmtCmdRules implements TypeRules {
    /** Its number. */
    public static final int TYPE = 12;

    private final Executions executions;

    public MgmtCmdRules(Executions executions) {
        this.executions = executions;
    }

    @Override
    public void create(ResourceWriter writer, RequestContext context, Resource parent, Attributes.Builder attributes) {
        Command.of(attributes.build());
    }

    @Override
    public void update(ResourceWriter writer, RequestContext context, Resource before, Attributes changes,
            Attributes.Builder after) {
        Command command = Command.of(after.build());
        if (changes.has("exe")) {
            after.set("exe", false);
        }
        if (changes.flag("exe").orElse(false)) {
            executions.begin(writer, context, before.with(after.build()), command);
        }
    }

    @Override
    public Attributes executed(Resource target, Attributes changes) {
        return changes.flag("exe").orElse(false) ? Attributes.of("exe", true) : Attributes.empty();
    }

    @Override
    public Optional<Runnable> afterCommit(Resource after, Attributes changes) {
        return changes.flag("exe").orElse(false) ? Optional.of(executions::tick) : Optional.empty();
    }

    @Override
    public void delete(ResourceWriter writer, RequestContext context, Resource target) {
        executions.refuseWhileRunning(writer, target);
    }
}
