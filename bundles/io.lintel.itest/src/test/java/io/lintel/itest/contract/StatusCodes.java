// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.contract;

import java.util.HashMap;
import java.util.Map;

/** HTTP status and CoAP code of each response status code (TS-0009, TS-0008 6.2.4), written down apart from the product. */
final class StatusCodes {
    private static final String TABLE = """
            1000 202 2.04
            1001 202 2.01
            1002 202 2.04
            2000 200 2.05
            2001 201 2.01
            2002 200 2.02
            2004 200 2.04
            4000 400 4.00
            4001 501 5.01
            4004 404 4.04
            4005 405 4.05
            4008 504 5.04
            4015 415 4.15
            4101 403 4.03
            4102 400 4.00
            4103 403 4.03
            4104 409 4.00
            4105 409 4.03
            4106 403 4.03
            4107 403 4.03
            4108 403 4.03
            4109 403 4.03
            4110 400 4.00
            4117 403 4.03
            4124 409 4.00
            4125 501 5.01
            4126 403 4.03
            4127 403 4.03
            4128 403 4.03
            4143 400 4.00
            5000 500 5.00
            5001 501 5.01
            5103 404 4.04
            5105 403 4.03
            5106 409 4.00
            5107 404 4.04
            5203 403 4.03
            5204 500 5.00
            5205 403 4.03
            5206 501 5.01
            5207 406 4.06
            5209 500 5.00
            5212 500 5.00
            5219 409 4.00
            5220 409 4.00
            5221 500 5.00
            6003 404 4.04
            6005 404 4.04
            6010 400 4.00
            6020 500 5.00
            6021 500 5.00
            6022 400 4.00
            6023 400 4.00
            6024 400 4.00
            6025 500 5.00
            6026 500 5.00
            6028 409 4.00
            6029 409 4.00
            """;
    private static final Map<Integer, String[]> BY_CODE = new HashMap<>();

    static {
        TABLE.lines().forEach(line -> {
            String[] columns = line.split(" ");
            BY_CODE.put(Integer.valueOf(columns[0]), columns);
        });
    }

    private StatusCodes() {
    }

    static int http(int code) {
        return Integer.parseInt(row(code)[1]);
    }

    /** Content (2.05) answers a GET; what a group answers to other operations, and a NOTIFY, is 2.04. */
    static String coap(int code, int operation) {
        return code == 2000 && operation != Request.RETRIEVE ? "2.04" : row(code)[2];
    }

    private static String[] row(int code) {
        String[] row = BY_CODE.get(code);
        if (row == null) {
            throw new ContractFault("status " + code + " is not in the table of the bindings' codes");
        }
        return row;
    }
}
