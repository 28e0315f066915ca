// SPDX-License-Identifier: Apache-2.0
package io.lintel.management.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.NodeManagement.ManagedObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the machine says of itself, from files such as a kernel has them. */
class MachineTest {
    private static final DeviceInfo.Given NOTHING = new DeviceInfo.Given("", "", "", "gateway", "");

    @TempDir
    Path root;

    private final MovingClock clock = new MovingClock();

    private void says(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private ManagedObject deviceInfo(DeviceInfo.Given given) {
        return new DeviceInfo(new Kernel(root), given, "Lintel 1", clock).objects().get(0);
    }

    @Test
    void aBoardTellsItsModelAndSerialNumber() throws IOException {
        says("proc/device-tree/model", "Sunny Board 4 Rev 1.2\0");
        says("proc/device-tree/serial-number", "100000003d1d1c36\0");
        says("proc/sys/kernel/hostname", "attic\n");
        says("proc/sys/kernel/osrelease", "6.1.0\n");
        says("etc/os-release", "NAME=x\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n");
        ManagedObject info = deviceInfo(NOTHING);
        assertThat(info.memberName()).isEqualTo("m2m:dvi");
        assertThat(info.attributes().text("mod")).contains("Sunny Board 4 Rev 1.2");
        assertThat(info.attributes().text("dlb")).contains("100000003d1d1c36");
        assertThat(info.attributes().text("dvnm")).contains("attic");
        assertThat(info.attributes().text("osv")).contains("Debian GNU/Linux 12 (bookworm), Linux 6.1.0");
        assertThat(info.attributes().text("swv")).contains("Lintel 1");
        assertThat(info.attributes().text("dty")).contains("gateway");
        assertThat(info.attributes().text("man")).contains("unknown");
        assertThat(info.attributes().text("syst")).contains("20270115T080000");
        assertThat(info.fleeting()).containsExactly("syst");
    }

    @Test
    void aPcTellsItByItsFirmwareAndWhatItsMakerLeftBlankIsUnknown() throws IOException {
        says("sys/class/dmi/id/sys_vendor", "Fanless Ltd.\n");
        says("sys/class/dmi/id/product_name", "To Be Filled By O.E.M.\n");
        says("sys/class/dmi/id/board_name", "F-100\n");
        says("sys/class/dmi/id/product_serial", "Default string\n");
        says("sys/class/dmi/id/bios_version", "F4\n");
        says("sys/class/dmi/id/product_version", "B\n");
        ManagedObject info = deviceInfo(NOTHING);
        assertThat(info.attributes().text("man")).contains("Fanless Ltd.");
        assertThat(info.attributes().text("mod")).contains("F-100");
        assertThat(info.attributes().text("dlb")).contains("unknown");
        assertThat(info.attributes().text("fwv")).contains("F4");
        assertThat(info.attributes().text("hwv")).contains("B");
        assertThat(info.attributes().has("osv")).isFalse();
    }

    @Test
    void aSettingCountsMoreThanTheMachine() throws IOException {
        says("sys/class/dmi/id/sys_vendor", "Fanless Ltd.\n");
        ManagedObject info = deviceInfo(new DeviceInfo.Given("S-1", "Beam Works", "Lintel One", "hub", "3"));
        assertThat(info.attributes().text("dlb")).contains("S-1");
        assertThat(info.attributes().text("man")).contains("Beam Works");
        assertThat(info.attributes().text("mod")).contains("Lintel One");
        assertThat(info.attributes().text("dty")).contains("hub");
        assertThat(info.attributes().text("hwv")).contains("3");
    }

    @Test
    void theMemoryIsLookedAtOnceASecondAtMost() throws IOException {
        Memory memory = new Memory(new Kernel(root), clock);
        assertThat(memory.objects()).as("the kernel says nothing").isEmpty();
        says("proc/meminfo", "MemTotal:        1000 kB\nMemFree:    100 kB\nMemAvailable:    600 kB\n");
        assertThat(memory.objects()).isEmpty();
        clock.forward(1000);
        assertThat(memory.objects().get(0).attributes().number("mmt")).contains(1_024_000L);
        assertThat(memory.objects().get(0).attributes().number("mma")).contains(614_400L);
        says("proc/meminfo", "MemTotal:        1000 kB\nMemFree:    100 kB\n");
        clock.forward(999);
        assertThat(memory.objects().get(0).attributes().number("mma")).contains(614_400L);
        clock.forward(1);
        assertThat(memory.objects().get(0).attributes().number("mma")).contains(102_400L);
    }

    @ParameterizedTest
    @CsvSource({"Charging, '', '', 2", "Full, '', '', 3", "Discharging, Normal, '', 1", "Discharging, Low, '', 5",
        "Not charging, Critical, '', 5", "Discharging, '', Dead, 4", "Unknown, '', '', 7"})
    void aBatterySaysItsLevelAndHowItIs(String status, String level, String health, int expected) throws IOException {
        says("sys/class/power_supply/AC/type", "Mains\n");
        says("sys/class/power_supply/BAT0/type", "Battery\n");
        says("sys/class/power_supply/BAT0/capacity", "57\n");
        says("sys/class/power_supply/BAT0/status", status + "\n");
        says("sys/class/power_supply/BAT0/capacity_level", level + "\n");
        says("sys/class/power_supply/BAT0/health", health + "\n");
        says("sys/class/power_supply/mouse/type", "Battery\n");
        says("sys/class/power_supply/mouse/scope", "Device\n");
        says("sys/class/power_supply/mouse/capacity", "10\n");
        List<ManagedObject> batteries = new Batteries(new Kernel(root), clock).objects();
        assertThat(batteries).singleElement().satisfies(battery -> {
            assertThat(battery.name()).isEqualTo("battery");
            assertThat(battery.memberName()).isEqualTo("m2m:bat");
            assertThat(battery.attributes().number("btl")).contains(57L);
            assertThat(battery.attributes().number("bts")).contains((long) expected);
        });
    }

    @Test
    void aMachineWithoutBatteriesHasNone() throws IOException {
        says("sys/class/power_supply/AC/type", "Mains\n");
        assertThat(new Batteries(new Kernel(root), clock).objects()).isEmpty();
        assertThat(new Batteries(new Kernel(root.resolve("nowhere")), clock).objects()).isEmpty();
    }

    /** Stands still until it is moved. */
    static final class MovingClock extends Clock {
        private Instant now = Instant.parse("2027-01-15T08:00:00Z");

        void forward(long millis) {
            now = now.plusMillis(millis);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public java.time.ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return this;
        }
    }
}
