// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.polling;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.outbound.OutboundCommit;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.ResourceTypes;

/** {@code <pollingChannel>} (TS-0004 7.4.22): one for each AE or CSE; what waits there ends with it. Writer thread. */
public final class PollingChannelRules implements TypeRules {
    private final PollingChannels channels;
    private final OutboundCommit commit;

    public PollingChannelRules(PollingChannels channels, OutboundCommit commit) {
        this.channels = channels;
        this.commit = commit;
    }

    @Override
    public void create(ResourceWriter writer, RequestContext context, Resource parent, Attributes.Builder attributes) {
        if (!writer.children(parent.id(), ResourceTypes.POLLING_CHANNEL, "", 1).isEmpty()) {
            throw Refusals.conflict(parent.id() + " has a pollingChannel already");
        }
    }

    @Override
    public void deleted(ResourceWriter writer, RequestContext context, Resource deleted) {
        commit.after(() -> channels.deleted(deleted.id()));
    }
}
