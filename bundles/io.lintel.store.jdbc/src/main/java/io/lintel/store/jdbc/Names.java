// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import java.util.HashMap;
import java.util.Map;

/**
 * Frequent short names, which a document holds as one byte. Any other name is written out, so the table is no list of
 * what is allowed. It is part of the format on disk: names are added at the end, up to 255, never moved.
 */
final class Names {
    private static final String[] TABLE = ("ri pi rn ty ct lt et acpi lbl cr st at aa daci esi hd con cs cnf conr or cni cbs mni "
            + "mbs mia ol la disr li api apn aei poa rr nl csz srv srt csi cst cb mei tri pv pvs acr acor acop acco actw acip "
            + "ipv4 ipv6 accr enc nu net nct exc gpi nfu bn rl psn pn nsp ln nec su atr crb cra ms us sts stb sza szb catr op "
            + "to fr rqi rids ot rqet rset oet rt rtv rp rcn ec da gid gtm fc drt rvi vsi rsc rqi cnst cnot ati tqf pc "
            + "m2m:cb m2m:ae m2m:cnt m2m:cin m2m:sub m2m:acp m2m:grp m2m:csr m2m:nod m2m:fcnt m2m:sgn m2m:rsp m2m:rqp m2m:uri "
            + "m2m:uril m2m:dbg m2m:ts m2m:tsi nev rep sur vrq sud mt cnm mid macp mtv csy gn cnd dgt snr lnk nm val typ")
            .split(" ");
    private static final Map<String, Integer> PLACES = new HashMap<>();

    static {
        for (int i = 0; i < TABLE.length; i++) {
            PLACES.putIfAbsent(TABLE[i], i + 1);
        }
    }

    private Names() {
    }

    /** From 1; 0 if the name is not in the table. */
    static int placeOf(String name) {
        return PLACES.getOrDefault(name, 0);
    }

    static String at(int place) {
        if (place > TABLE.length) {
            throw new IllegalStateException("a stored document is damaged: it holds the unknown name " + place);
        }
        return TABLE[place - 1];
    }
}
