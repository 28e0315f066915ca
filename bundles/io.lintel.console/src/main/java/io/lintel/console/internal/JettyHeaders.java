// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.wiring.BundleWiring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jetty learns once, when the class is initialised, how headers are written in HTTP/2, by the context class loader of whatever
 * thread comes first. The console's listener and the oneM2M door share that Jetty: if the console's came first, and on a thread
 * that does not see Jetty's own services, the door's HTTP/2 would reset every stream. So it is initialised here before the
 * console listens. On the thread that configures the listener; without that bundle it does nothing.
 */
final class JettyHeaders {
    private static final Logger LOG = LoggerFactory.getLogger(JettyHeaders.class);
    private static final String BUNDLE = "org.apache.felix.http.jetty12";
    private static final String CLASS = "org.eclipse.jetty.http.PreEncodedHttpField";

    private JettyHeaders() {
    }

    static void load() {
        Bundle own = FrameworkUtil.getBundle(JettyHeaders.class);
        if (own == null) {
            return;
        }
        for (Bundle bundle : own.getBundleContext().getBundles()) {
            BundleWiring wiring = BUNDLE.equals(bundle.getSymbolicName()) ? bundle.adapt(BundleWiring.class) : null;
            if (wiring != null) {
                load(wiring.getClassLoader());
            }
        }
    }

    private static void load(ClassLoader jetty) {
        Thread current = Thread.currentThread();
        ClassLoader before = current.getContextClassLoader();
        try {
            current.setContextClassLoader(jetty);
            Class.forName(CLASS, true, jetty);
        } catch (ClassNotFoundException | LinkageError e) {
            LOG.warn("Jetty has no {}; HTTP/2 may not work", CLASS, e);
        } finally {
            current.setContextClassLoader(before);
        }
    }
}
