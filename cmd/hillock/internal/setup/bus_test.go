package setup

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// ads is a configuration with an input on I2C1.
const ads = "[input.knob]\ndriver = \"ads1115\"\n[neuron.n1]\ninput = \"knob\"\n"

// turnedOn sets up a Pi for ada, a member of all groups, and checks the printed steps up to the groups.
func (p *pi) turnedOn(text, steps string) (out string, err error) {
	p.t.Helper()
	p.groups = []string{"gpio", "spi", "i2c", "hillock"}
	out, err = p.setUp(0, nil, text, Options{User: "ada"})
	got, _, _ := strings.Cut(out, "ok    ada is in the group")
	if diff := cmp.Diff("Raspberry Pi 4 Model B Rev 1.4\n"+steps, got); diff != "" {
		p.t.Errorf("(-want +got):\n%s", diff)
	}
	return out, err
}

func (p *pi) wantRan(want ...string) {
	p.t.Helper()
	if diff := cmp.Diff(want, p.ran); diff != "" {
		p.t.Errorf("commands (-want +got):\n%s", diff)
	}
}

func TestDtparamAndAWaitReplaceTheReboot(t *testing.T) {
	p := newPi(t, map[string]string{bootFile: "# mine\n", "/dev/gpiochip0": ""})
	p.found = []string{"dtparam", "udevadm"}
	waits := 0
	p.run["dtparam spi=on"] = func() {
		p.later = func() { // udev makes the node after the third
			if waits++; waits == 3 {
				p.write("/dev/spidev0.0", "")
			}
		}
	}
	out, err := p.turnedOn(builtIn, "did   add \"dtparam=spi=on\" to "+bootFile+"\ndid   turn SPI0 on now: dtparam spi=on\n")
	if err != nil || waits != 3 || strings.Contains(out, "reboot") || !strings.Contains(out, "ok    SPI0.0   /dev/spidev0.0") {
		t.Errorf("got %v after %d waits, and\n%s\nwant the checks without a reboot", err, waits, out)
	}
	p.wantRan("dtparam spi=on", "udevadm settle --timeout=5")
}

func TestRebootIsForABusThatDidNotComeInTime(t *testing.T) {
	p := newPi(t, map[string]string{bootFile: "# mine\n", "/dev/gpiochip0": ""})
	p.found = []string{"dtparam"}
	out, err := p.turnedOn(builtIn, "did   add \"dtparam=spi=on\" to "+bootFile+"\nwarn  turn SPI0 on now: dtparam spi=on: exit status 1\n")
	if err != nil || p.slept != patience || !strings.HasSuffix(out, "now reboot, then run 'hillock doctor'\n") {
		t.Errorf("got %v after %v, and\n%s\nwant a reboot after %v", err, p.slept, out, patience)
	}
}

func TestModuleOfAMissingNodeIsLoaded(t *testing.T) {
	const listed = "/etc/modules-load.d/hillock.conf"
	p := newPi(t, map[string]string{bootFile: "dtparam=i2c_arm=on\n", "/sys/bus/i2c/devices/i2c-1/name": "bcm2835 (i2c@7e804000)", "/dev/gpiochip0": ""})
	p.run["modprobe i2c-dev"] = func() { p.write("/dev/i2c-1", "") }
	out, err := p.turnedOn(ads, "did   list the kernel module i2c-dev in "+listed+"\ndid   load the kernel module: modprobe i2c-dev\n")
	if err != nil || p.text(listed) != "# for hillock\ni2c-dev\n" || strings.Contains(out, "reboot") {
		t.Errorf("got %v, %q and\n%s", err, p.text(listed), out)
	}
	if _, err = p.turnedOn(ads, "ok    "+listed+" lists the kernel module i2c-dev\nok    I2C1 is on: /dev/i2c-1\n"); err != nil {
		t.Error(err)
	}
	p.wantRan("modprobe i2c-dev")

	p = newPi(t, map[string]string{"/etc/modules": "# mine\ni2c_dev\n", "/dev/i2c-1": "", "/dev/gpiochip0": ""}) // as raspi-config does it
	if _, err := p.turnedOn(ads, "ok    /etc/modules lists the kernel module i2c-dev\nok    I2C1 is on: /dev/i2c-1\n"); err != nil {
		t.Error(err)
	}
}

// If no reboot brings a node, setup explains it and does not name itself as the remedy.
func TestNodeWithoutARemedyIsExplained(t *testing.T) {
	const generated = "# Do not modify this file!\n#\n# It is automatically generated upon install or update of either the\n# firmware or the Linux kernel.\n"
	for _, tt := range []struct {
		name        string
		files       map[string]string
		mainline    bool
		steps, says string
		ran         []string
	}{
		{"no spidev", map[string]string{bootFile: "dtparam=spi=on\n", "/sys/bus/spi/devices/spi0.0/modalias": "spi:spidev"}, false,
			"warn  load the kernel module: modprobe spidev: exit status 1\nwarn  no /dev/spidev0.0: the kernel module spidev is not loaded\n",
			"do:    run 'sudo hillock setup'; if that does not help, use the kernel of Raspberry Pi OS", []string{"modprobe spidev"}},
		{"mainline", map[string]string{bootFile: "dtparam=spi=on\n"}, true,
			"warn  no /dev/spidev0.0: SPI0 is off, and the device tree is a mainline tree: dtparam and config.txt do not turn it on\n",
			"do:    use Raspberry Pi OS; or load an overlay of your own that turns SPI0 on", nil},
		{"generated", map[string]string{bootFile: generated}, false,
			"warn  " + bootFile + " is generated: add \"dtparam=spi=on\" to /etc/default/raspi-firmware-custom, run 'sudo update-initramfs -u', and reboot\n",
			"do:    add \"dtparam=spi=on\" to /etc/default/raspi-firmware-custom, run", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPi(t, tt.files)
			p.write("/dev/gpiochip0", "")
			if tt.mainline {
				p.remove("/proc/device-tree/__overrides__")
			}
			before := p.text(bootFile)
			out, err := p.turnedOn(builtIn, tt.steps)
			if err == nil || err.Error() != "1 check failed" || !strings.Contains(out, tt.says) || strings.Contains(out, "now reboot") || p.text(bootFile) != before {
				t.Errorf("got %v and\n%s\nwant it to say %s", err, out, tt.says)
			}
			p.wantRan(tt.ran...)
		})
	}
}

func TestDryRunExplainsANodeWithoutARemedy(t *testing.T) {
	p := newPi(t, map[string]string{bootFile: "dtparam=spi=on\n"})
	p.remove("/proc/device-tree/__overrides__")
	p.groups = []string{"gpio", "spi", "hillock"}
	out, err := p.setUp(0, nil, builtIn, Options{User: "ada", DryRun: true})
	want := "warn  no /dev/spidev0.0: SPI0 is off, and the device tree is a mainline tree: dtparam and config.txt do not turn it on: use Raspberry Pi OS; or load an overlay of your own that turns SPI0 on\n"
	if err != nil || !strings.Contains(out, want) {
		t.Errorf("got %v and\n%s\nwant\n%s", err, out, want)
	}
}

func TestOptionInASectionOfAnotherModelDoesNotCount(t *testing.T) {
	p := newPi(t, map[string]string{bootFile: "[pi5]\ndtparam=spi=on\n", "/dev/gpiochip0": ""})
	_, err := p.turnedOn(builtIn, "did   add \"dtparam=spi=on\" to "+bootFile+"\n")
	if want := "[pi5]\ndtparam=spi=on\n\n# for hillock\n[all]\ndtparam=spi=on\n"; err != nil || p.text(bootFile) != want {
		t.Errorf("got %v and\n%s\nwant\n%s", err, p.text(bootFile), want)
	}

	// raspi-config finds the option in a section, and changes it there.
	p = newPi(t, map[string]string{bootFile: "[pi5]\n#dtparam=spi=on\n", "/dev/gpiochip0": ""})
	raspiConfig := func() error { p.write(bootFile, "[pi5]\ndtparam=spi=on\n"); return nil }
	out, err := p.setUp(0, raspiConfig, builtIn, Options{User: "ada"})
	if err != nil || !strings.HasSuffix(p.text(bootFile), "\n[all]\ndtparam=spi=on\n") {
		t.Errorf("got %v, %s and\n%s\nwant the option under [all]", err, out, p.text(bootFile))
	}
}

func TestEnabled(t *testing.T) {
	t.Parallel()
	const pi4, pi5, zero2, cm4 = "Raspberry Pi 4 Model B Rev 1.4", "Raspberry Pi 5 Model B Rev 1.0", "Raspberry Pi Zero 2 W Rev 1.0", "Raspberry Pi Compute Module 4 Rev 1.0"
	const spi = "dtparam=spi=on"
	for _, tt := range []struct {
		text, line string
		on         []string // of the four models
	}{
		{spi, spi, []string{pi4, pi5, zero2, cm4}},
		{"#" + spi, spi, nil},
		{"  " + spi + "  \r\n", spi, []string{pi4, pi5, zero2, cm4}},
		{"dtparam=i2c_arm=on,spi=on", spi, []string{pi4, pi5, zero2, cm4}},
		{"dtparam=spi", spi, []string{pi4, pi5, zero2, cm4}},
		{spi + "\ndtparam=spi=off", spi, nil},
		{spi + "\n[pi5]\ndtparam=spi=off", spi, []string{pi4, zero2, cm4}},
		{"[all]\n" + spi, spi, []string{pi4, pi5, zero2, cm4}},
		{"[none]\n" + spi, spi, nil},
		{"[none]\n[pi4]\n" + spi, spi, nil},
		{"[none]\n[all]\n" + spi, spi, []string{pi4, pi5, zero2, cm4}},
		{"[pi4]\n" + spi, spi, []string{pi4, cm4}},
		{"[cm4]\n" + spi, spi, []string{cm4}},
		{"[pi02]\n" + spi, spi, []string{zero2}},
		{"[pi0]\n" + spi, spi, []string{zero2}},
		{"[pi4]\n[pi5]\n" + spi, spi, []string{pi5}},
		{"[EDID=VSC-TD2220]\n[pi5]\n" + spi, spi, nil},
		{"[gpio4=1]\n" + spi + "\n[all]\n", spi, nil},
		{"[pi4]\ndtoverlay=spi1-2cs", "dtoverlay=spi1-2cs", []string{pi4, cm4}},
		{"dtoverlay=spi1-1cs", "dtoverlay=spi1-2cs", nil},
	} {
		var got []string
		for _, model := range []string{pi4, pi5, zero2, cm4} {
			if enabled(tt.text, tt.line, model) {
				got = append(got, model)
			}
		}
		if diff := cmp.Diff(tt.on, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.text, diff)
		}
	}
}

func TestFiltersOfEachModel(t *testing.T) {
	t.Parallel()
	for model, want := range map[string]string{
		"Model B Rev 2": "pi1", "Model A Plus Rev 1.1": "pi1", "Compute Module Rev 1.0": "pi1", "2 Model B Rev 1.1": "pi2",
		"3 Model B Rev 1.2": "pi3", "3 Model B Plus Rev 1.3": "pi3 pi3+", "3 Model A Plus Rev 1.0": "pi3 pi3+", "Compute Module 3 Plus Rev 1.0": "pi3",
		"4 Model B Rev 1.4": "pi4", "400 Rev 1.0": "pi4 pi400", "Compute Module 4 Rev 1.0": "pi4 cm4", "Compute Module 4S Rev 1.0": "pi4 cm4s",
		"5 Model B Rev 1.0": "pi5", "500 Rev 1.0": "pi5 pi500", "Compute Module 5 Rev 1.0": "pi5 cm5",
		"Zero Rev 1.3": "pi0", "Zero W Rev 1.1": "pi0 pi0w", "Zero 2 W Rev 1.0": "pi0 pi0w pi02", "9 Model Z": "",
	} {
		if got := filters("Raspberry Pi " + model); !slices.Equal(got, strings.Fields(want)) {
			t.Errorf("%s: got %q, want %s", model, got, want)
		}
	}
}
