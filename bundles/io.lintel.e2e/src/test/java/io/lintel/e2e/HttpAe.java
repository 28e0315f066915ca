// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import io.lintel.demo.parts.HttpApp;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResourceTypes;

/** An AE that speaks HTTP, with a small server of its own for notifications. */
final class HttpAe implements Application {
    private final Registrar registrar;
    private final String stem;
    private final HttpApp app;

    private HttpAe(Registrar registrar, String stem) throws Exception {
        this.registrar = registrar;
        this.stem = stem;
        app = new HttpApp(registrar.node().http(), stem);
    }

    static HttpAe register(Registrar registrar) throws Exception {
        HttpAe ae = new HttpAe(registrar, MqttAe.newStem());
        ae.create(registrar.base(), ResourceTypes.AE, "m2m:ae", Representations.ae(ae.stem, ae.app.address())).expect(2001);
        ae.moveIn();
        return ae;
    }

    HttpApp app() {
        return app;
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
        return answer(app.create(to, type, member, attributes));
    }

    @Override
    public Answer retrieve(String to) throws Exception {
        return answer(app.get(to, ""));
    }

    private static Answer answer(HttpApp.Answer answer) {
        try {
            return new Answer(answer.status(), answer.body().length == 0 ? Attributes.empty() : answer.attributes());
        } catch (PrimitiveException | ClassCastException | IllegalStateException e) {
            return new Answer(answer.status(), Attributes.of("text", new String(answer.body(),
                    java.nio.charset.StandardCharsets.UTF_8)));
        }
    }

    @Override
    public String notified() throws Exception {
        return Representations.notified(app.notification());
    }

    @Override
    public void close() {
        app.close();
    }
}
