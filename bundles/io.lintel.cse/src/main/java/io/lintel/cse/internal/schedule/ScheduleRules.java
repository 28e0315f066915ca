// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.schedule;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.outbound.OutboundCommit;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponseStatusCode;
import java.util.List;

/**
 * What is special about {@code <schedule>} (TS-0001 9.6.9, TS-0004 7.4.9): {@code networkCoordinated} below a node only, and
 * that it counts at once for what it is below.
 */
public final class ScheduleRules implements TypeRules {
    private final Schedules schedules;
    private final OutboundCommit commit;
    private final Runnable changed;

    private record Refresh(Schedules schedules, String parentId, Runnable changed) implements Runnable {
        @Override
        public void run() {
            schedules.refresh(parentId);
            changed.run();
        }
    }

    /** @param changed run on the executor after each change: what waited for another time may go */
    public ScheduleRules(Schedules schedules, OutboundCommit commit, Runnable changed) {
        this.schedules = schedules;
        this.commit = commit;
        this.changed = changed;
    }

    @Override
    public void create(ResourceWriter writer, RequestContext context, Resource parent, Attributes.Builder attributes) {
        check(attributes.build(), parent.type());
    }

    @Override
    public void update(ResourceWriter writer, RequestContext context, Resource before, Attributes changes,
            Attributes.Builder after) {
        check(after.build(), writer.byId(before.parentId()).map(Resource::type).orElse(ResourceTypes.NODE));
    }

    private static void check(Attributes schedule, int parentType) {
        List<String> entries = schedule.object("se").map(se -> se.texts("sce")).orElse(List.of());
        if (entries.isEmpty()) {
            throw new PrimitiveException(ResponseStatusCode.BAD_REQUEST, "se needs sce, at least one schedule entry");
        }
        if (schedule.has("nco") && parentType != ResourceTypes.NODE) {
            throw new PrimitiveException(ResponseStatusCode.CONTENTS_UNACCEPTABLE,
                    "nco, networkCoordinated, is for a schedule below a node only");
        }
    }

    @Override
    public void created(ResourceWriter writer, RequestContext context, Resource parent, Resource created) {
        changed(writer, created);
    }

    @Override
    public void updated(ResourceWriter writer, RequestContext context, Resource before, Resource after) {
        changed(writer, after);
    }

    @Override
    public void deleted(ResourceWriter writer, RequestContext context, Resource deleted) {
        changed(writer, deleted);
    }

    private void changed(ResourceWriter writer, Resource schedule) {
        schedules.refresh(writer, schedule.parentId());
        commit.after(new Refresh(schedules, schedule.parentId(), changed));
    }
}
