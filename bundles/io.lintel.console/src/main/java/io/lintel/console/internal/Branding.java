// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import org.apache.felix.webconsole.spi.BrandingPlugin;
import org.osgi.service.component.annotations.Component;

/** Makes the Felix Web Console look like Lintel's. Paths are relative to the console's root. */
@Component
public final class Branding implements BrandingPlugin {
    @Override
    public String getBrandName() {
        return "Lintel";
    }

    @Override
    public String getProductName() {
        return "Lintel";
    }

    @Override
    public String getProductURL() {
        return ConsoleListener.OVERVIEW;
    }

    @Override
    public String getProductImage() {
        return "/lintel/res/logo.svg";
    }

    @Override
    public String getVendorName() {
        return "Lintel";
    }

    @Override
    public String getVendorURL() {
        return ConsoleListener.OVERVIEW;
    }

    @Override
    public String getVendorImage() {
        return "/lintel/res/logo.svg";
    }

    @Override
    public String getFavIcon() {
        return "/lintel/res/logo.svg";
    }

    @Override
    public String getMainStyleSheet() {
        return "/lintel/res/console.css";
    }
}
