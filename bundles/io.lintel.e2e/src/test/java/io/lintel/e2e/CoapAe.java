// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import io.lintel.demo.parts.CoapApp;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.ResourceTypes;

/** An AE that speaks CoAP, and is not reachable itself. */
final class CoapAe implements Application {
    private final Registrar registrar;
    private final String stem;
    private final CoapApp app;

    private CoapAe(Registrar registrar, String stem) {
        this.registrar = registrar;
        this.stem = stem;
        app = new CoapApp(registrar.node().coap(), stem);
    }

    static CoapAe register(Registrar registrar) throws Exception {
        CoapAe ae = new CoapAe(registrar, MqttAe.newStem());
        ae.create(registrar.base(), ResourceTypes.AE, "m2m:ae", Representations.ae(ae.stem, "")).expect(2001);
        ae.moveIn();
        return ae;
    }

    @Override
    public String id() {
        return "/" + registrar.cse() + "/" + stem;
    }

    @Override
    public String path() {
        return registrar.base() + "/" + stem;
    }

    @Override
    public Registrar registrar() {
        return registrar;
    }

    @Override
    public Answer create(String to, int type, String member, Attributes attributes) throws Exception {
        CoapApp.Answer answer = app.create(to, type, member, attributes);
        return new Answer(answer.status(), answer.attributes());
    }

    @Override
    public Answer retrieve(String to) throws Exception {
        CoapApp.Answer answer = app.get(to);
        return new Answer(answer.status(), answer.attributes());
    }

    @Override
    public String notified() {
        throw new UnsupportedOperationException("nobody can reach it");
    }

    @Override
    public void close() {
        app.close();
    }
}
