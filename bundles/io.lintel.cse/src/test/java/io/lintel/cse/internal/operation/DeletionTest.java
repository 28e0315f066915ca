// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.operation;

import static io.lintel.cse.internal.CseDriver.CIN;
import static io.lintel.cse.internal.CseDriver.CNT;
import static io.lintel.cse.internal.CseDriver.SUB;
import static io.lintel.cse.internal.CseDriver.cin;
import static io.lintel.cse.internal.CseDriver.cnt;
import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.internal.CseDriver;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** DELETE at the hosting CSE (TS-0004 7.2.2.4). */
class DeletionTest {
    private final CseDriver cse = CseDriver.mn();
    private CseDriver.Peer ae;

    @BeforeEach
    void aContainer() {
        ae = cse.ae("CAE1");
        ae.create("mn-name/cae1", CNT, cnt().named("data")).expect(2001);
    }

    @AfterEach
    void close() {
        cse.close();
    }

    @Test
    void whatIsDeletedIsGoneWithAllBelow() {
        long before = cse.store.resourceCount();
        String inner = ae.create("mn-name/cae1/data", CNT, cnt().named("inner")).expect(2001).ri();
        ae.create("mn-name/cae1/data/inner", CIN, cin("x")).expect(2001);
        ae.create("mn-name/cae1/data/inner", SUB, CseDriver.Body.of("m2m:sub").with("nu", List.of("CAE1"))).expect(2001);
        assertThat(ae.delete("mn-name/cae1/data").expect(2002).response().content()).isEmpty();
        ae.retrieve("mn-name/cae1/data").expect(4004);
        ae.retrieve(inner).expect(4004);
        assertThat(cse.store.resourceCount()).isEqualTo(before - 1);
    }

    @Test
    void theCseBaseStays() {
        cse.admin().delete("mn-name").expect(4005);
        cse.admin().delete("/mn-cse").expect(4005);
    }

    @Test
    void onlyTheResourceAndItsParentTellOfIt() {
        ae.create("mn-name/cae1/data", CIN, cin("x")).expect(2001);
        ae.create("mn-name/cae1/data", CNT, cnt().named("inner")).expect(2001);
        cse.events.clear();
        ae.delete("mn-name/cae1/data").expect(2002);
        assertThat(cse.events).extracting(ResourceEvent::kind)
                .containsExactly(ResourceEvent.Kind.DELETED, ResourceEvent.Kind.CHILD_DELETED);
        assertThat(cse.events.get(0).subject().name()).isEqualTo("data");
        assertThat(cse.events.get(1).subject().name()).isEqualTo("cae1");
        assertThat(cse.events.get(1).affected().name()).isEqualTo("data");
    }

    @Test
    void theParentsCountersFollow() {
        ae.create("mn-name/cae1/data", CIN, cin("12345").named("one")).expect(2001);
        ae.create("mn-name/cae1/data", CIN, cin("123").named("two")).expect(2001);
        ae.delete("mn-name/cae1/data/one").expect(2002);
        assertThat(ae.retrieve("mn-name/cae1/data").content().number("cni")).contains(1L);
        assertThat(ae.retrieve("mn-name/cae1/data").content().number("cbs")).contains(3L);
    }

    @Test
    void theResponseShowsWhatWasDeletedIfAsked() {
        ae.create("mn-name/cae1/data", CIN, cin("x").named("one")).expect(2001);
        ae.create("mn-name/cae1/data", CNT, cnt().named("inner")).expect(2001);
        assertThat(ae.rcn(1).delete("mn-name/cae1/data/inner").expect(2002).content().text("rn")).contains("inner");
        CseDriver.Result deleted = ae.rcn(4).delete("mn-name/cae1/data").expect(2002);
        assertThat(deleted.content().text("rn")).contains("data");
        assertThat(deleted.names("m2m:cin")).containsExactly("one");
    }

    @Test
    void aTreeTooLargeForOneTaskIsGoneAllTheSame() {
        int many = Deletion.STEP * 2 + 50;
        for (int i = 0; i < many; i++) {
            cse.core().dispatcher().handle(ae.builder(io.lintel.primitive.Operation.CREATE, "mn-name/cae1/data").resourceType(CIN)
                    .content(new io.lintel.primitive.Content("m2m:cin", cin("x").attributes())).build(), ae.hop())
                    .toCompletableFuture().join();
        }
        ae.create("mn-name/cae1/data", CNT, cnt().named("inner")).expect(2001);
        assertThat(cse.store.resourceCount()).isGreaterThan(many - 1000 + 500);
        long expected = 3;
        cse.events.clear();
        ae.delete("mn-name/cae1/data").expect(2002);
        ae.retrieve("mn-name/cae1/data").expect(4004);
        assertThat(cse.store.resourceCount()).isEqualTo(expected);
        assertThat(cse.events).hasSize(2);
        ae.create("mn-name/cae1", CNT, cnt().named("data")).expect(2001);
    }

    @Test
    void aDeregisteredAeTakesItsTreeAlong() {
        ae.create("mn-name/cae1/data", CIN, cin("x")).expect(2001);
        ae.delete("CAE1").expect(2002);
        cse.admin().retrieve("mn-name/cae1/data").expect(4004);
        assertThat(cse.core().registrations().all()).isEmpty();
    }

    @Test
    void aDeleteMayBeConditional() {
        ae.fc("ty", List.of(4)).delete("mn-name/cae1/data").expect(4004);
        ae.fc("ty", List.of(3)).delete("mn-name/cae1/data").expect(2002);
    }

    @Test
    void anAeDoesNotDeleteARemoteCse() {
        cse.registree("/asn");
        ae.delete("mn-name/asn").expect(4005);
        cse.as("/asn").delete("mn-name/asn").expect(2002);
        assertThat(cse.core().registrations().cse("/asn")).isEmpty();
    }
}
