package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"hillock/hw/doctor"
	"hillock/hw/qemupi"
)

// piFault is a fault of an emulated kit. The doctor examines it as root, with the registers, and as the user pi without.
type piFault struct {
	name, set string // set is a command of the script; mend takes it back
	args      string // of the doctor
	root      doctor.Finding
	user      doctor.Finding // if it differs from root
}

const piMend = "wires 0; hole CS 8; hole DOUT 9; hole DIN 10; knob 409; back 255 17; capacitor 255 0"

const (
	piWires = "check header to chip pin: CE0 (GPIO8) 24 to CS 10, SCLK (GPIO11) 23 to CLK 13, MOSI (GPIO10) 19 to DIN 11, " +
		"MISO (GPIO9) 21 to DOUT 12, 3V3 to VDD 16, GND to DGND 9; check the notch"
	piBare = `printf '[input.knob]\ndriver = "rc"\npin = "GPIO4"\n[neuron.n1]\ninput = "knob"\n' > /tmp/rc.toml; chmod 644 /tmp/rc.toml; `
)

func piFailed(check, seen, means, do string) doctor.Finding {
	return doctor.Finding{Check: check, Result: doctor.Failed, Seen: seen, Means: means, Do: do}
}

// piFaults returns the faults. A loose wire of CS, CLK or DOUT, or a chip without supply, leaves MISO without a driver: no
// check from the Pi tells these apart. Without the pull-up of MISO, ground looks the same too.
func piFaults() []piFault {
	answers := doctor.Finding{Check: "SPI0.0", Result: doctor.Passed, Seen: "an MCP3008 answers, and repeats each result bit for bit"}
	loose := piFailed("SPI0.0", "MISO is not driven: it follows the pull-up and the pull-down",
		"a wire between Pi and chip is loose or in the wrong hole, or the chip has no supply", piWires)
	low := piFailed("SPI0.0", "MISO stays low", "MISO is not driven or at ground, the chip's CS is at ground, or every channel of the chip is at ground",
		piWires+"; if all are good, turn the knob up and run 'hillock doctor' again")
	atEnd := func(code int, means string) doctor.Finding {
		return doctor.Finding{Check: "knob", Result: doctor.Warning, Seen: fmt.Sprintf("CH0 (chip pin 1) reads %d, steady within 0", code), Means: means,
			Do: "check the middle leg, turn the knob to the middle, and run 'hillock doctor' again"}
	}
	return []piFault{
		{name: "no fault", root: answers},
		{name: "DOUT open", set: "wires 1", root: loose, user: low},
		{name: "DIN open", set: "wires 2", root: piFailed("SPI0.0", "the chip answers without a request",
			"DIN is always high: MOSI (GPIO10, header pin 19) is not connected to DIN (chip pin 11)", "move the wire of DIN to GPIO10 (header pin 19); it may be at 3V3")},
		{name: "CS open", set: "wires 4", root: loose, user: low},
		{name: "CLK open", set: "wires 8", root: loose, user: low},
		{name: "DOUT at 3V3", set: "wires 16", root: piFailed("SPI0.0", "MISO stays high at every request",
			"MISO is not driven, and its resistor pulls it up; or MISO is at 3V3", piWires)},
		{name: "DOUT at ground", set: "wires 32", root: piFailed("SPI0.0", "MISO stays low, even with the pull-up",
			"MISO (GPIO9, header pin 21) or the chip's CS is at ground, or the 3V3 rail has no supply",
			"check both ends of MISO and their neighbours, CS (chip pin 10), and the wire from 3V3 (header pin 1) to the rail"), user: low},
		{name: "CS in GPIO25", set: "hole CS 25", root: piFailed("SPI0.0", "the chip answers if GPIO25 is low",
			"CS (chip pin 10) is wired to GPIO25 (header pin 22) instead of CE0", "move that wire to CE0 (GPIO8, header pin 24)")},
		{name: "CS in GPIO7", set: "hole CS 7", root: piFailed("SPI0.0", "the chip answers on SPI0.1",
			"CS (chip pin 10) is wired to GPIO7 (header pin 26) instead of CE0", `move that wire to CE0 (GPIO8, header pin 24), or set port = "SPI0.1"`)},
		{name: "DOUT in GPIO25", set: "hole DOUT 25", root: piFailed("SPI0.0", "the chip drives GPIO25",
			"DOUT (chip pin 12) is wired to GPIO25 (header pin 22) instead of MISO", "move that wire to MISO (GPIO9, header pin 21)")},
		{name: "DIN in GPIO22", set: "hole DIN 22", root: piFailed("SPI0.0", "the chip answers without a request if GPIO22 is high",
			"DIN (chip pin 11) is wired to GPIO22 (header pin 15) instead of MOSI", "move that wire to MOSI (GPIO10, header pin 19)")},
		{name: "the knob at its lower end", set: "knob 0", root: atEnd(0, "the knob is at its end, or its 3V3 leg is loose, or its middle leg is at GND")},
		{name: "the knob at its upper end", set: "knob 1023", root: atEnd(1023, "the knob is at its end, or its GND leg is loose, or its middle leg is at 3V3")},
		{name: "LED and second wire", set: "back 27 17", args: "--back led=GPIO27",
			root: doctor.Finding{Check: "led", Result: doctor.Passed, Seen: "GPIO27 (header pin 13) follows GPIO17 (header pin 11)"}},
		{name: "second wire loose", args: "--back led=GPIO27", root: piFailed("led", "GPIO27 (header pin 13) is not driven: it does not follow GPIO17 (header pin 11)",
			"one of the two wires is loose or in the wrong hole", "put the wires of GPIO17 (header pin 11) and GPIO27 (header pin 13) into the row of the LED's resistor")},
		{name: "capacitor too large", set: piBare + "capacitor 4 20000", args: "/tmp/rc.toml", root: piFailed("knob", "GPIO4 charges in TIME",
			"this is longer than 7.07 ms, the longest charge of the configured parts: the capacitor or the knob is larger",
			"read the values on both, and set capacitor and resistance in input.knob")},
		{name: "capacitor loose", set: "capacitor 4 1", args: "/tmp/rc.toml", root: piFailed("knob",
			"rc on GPIO4: high at once, after TIME: check the capacitor's wires to the resistors and GND, and that nothing else holds the pin",
			"the capacitor or its wire to GND is loose, or the pin is at 3V3",
			"push in the capacitor's legs, one in the row of the resistors, one at GND; check the neighbours of GPIO4 (header pin 7)")},
		{name: "capacitor without current", set: "capacitor 4 10000000", args: "/tmp/rc.toml", root: piFailed("knob",
			"rc on GPIO4: never high within TIME: check the wires of the knob, to 3V3 and to the pin, and the capacitor for a short",
			"the capacitor is shorted, or GPIO4 is at ground", "check the capacitor's legs and their neighbours")},
		{name: "mended", root: answers},
	}
}

// piPatient repeats a doctor that was too late to time a charge: the emulated CPUs take turns.
const piPatient = `patient() {
	n=0; while "$@" </dev/null >/tmp/found 2>/dev/null; grep -q 'polled too late' /tmp/found && [ $((n+=1)) -lt 5 ]; do :; done; cat /tmp/found
}
`

// piDoctor returns the script for faults, by root and by the user pi.
func piDoctor(faults []piFault) string {
	script := piPatient + "reg 0x1c 700\n" // channel 7, which answers if DIN is high
	for _, f := range faults {
		script += cmp.Or(f.set, ":") + "\n"
		script += fmt.Sprintf("part 'root, %s'; patient hillock doctor --json --trial 0s %s\n", f.name, f.args)
		script += fmt.Sprintf("part 'pi, %s'; patient pi 'hillock doctor --json --trial 0s %s'\n", f.name, f.args)
		script += piMend + "\n"
	}
	return script
}

// findings returns the doctor's findings in a part of the output: the checks of the wires, without skipped ones.
func (g *guest) findings(part string) (all []doctor.Finding) {
	g.t.Helper()
	text := g.part(part)
	if err := json.Unmarshal([]byte(text[:strings.LastIndex(text, "]")+1]), &all); err != nil {
		g.t.Fatalf("%s: %v: %s", part, err, text)
	}
	return slices.DeleteFunc(all, func(f doctor.Finding) bool {
		return !slices.Contains([]string{"SPI0.0", "knob", "led"}, f.Check) || strings.HasPrefix(f.Seen, "/dev/") || f.Result == doctor.Skipped
	})
}

// names checks that the first finding with anything to do, or else the finding of the fault's check, is the wanted one. Charge
// times differ from run to run.
func (g *guest) names(f piFault) {
	g.t.Helper()
	for _, by := range []string{"root", "pi"} {
		want := f.root
		if by == "pi" && f.user != (doctor.Finding{}) {
			want = f.user
		}
		found := g.findings(by + ", " + f.name)
		i := slices.IndexFunc(found, func(x doctor.Finding) bool { return x.Result != doctor.Passed })
		if i < 0 {
			i = slices.IndexFunc(found, func(x doctor.Finding) bool { return x.Check == want.Check })
		}
		if i < 0 {
			g.t.Errorf("%s, as %s: got %+v, want %+v", f.name, by, found, want)
			continue
		}
		got := found[i]
		if before, after, ok := strings.Cut(want.Seen, "TIME"); ok && strings.HasPrefix(got.Seen, before) && strings.HasSuffix(got.Seen, after) {
			got.Seen = want.Seen
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			g.t.Errorf("%s, as %s (-want +got):\n%s", f.name, by, diff)
		}
	}
}

// piBoard returns the emulated Pi of a name.
func piBoard(name string) qemupi.Board {
	all := qemupi.Boards()
	return all[slices.IndexFunc(all, func(b qemupi.Board) bool { return b.Name == name })]
}

func TestPiDoctorNamesEachFault(t *testing.T) {
	faults := piFaults()
	g := bootPi(t, qemupi.Guest{Board: piBoard("3b"), Tree: qemupi.RaspberryPiOS, Registers: true}, piDoctor(faults)+piPulls+`
part again; hole CS 25
for n in 1 2; do part "$n"; pi 'hillock doctor --json --trial 0s'; done; hole CS 8
part "pulls of the boot"
gpio=$((W - 0xf0000)) # GPPUD, GPPUDCLK0 and GPFSEL0: BCM2835 ARM Peripherals, section 6.1
devmem $((gpio + 0x94)) 32 2; devmem $((gpio + 0x98)) 32 $((1 << 9 | 1 << 25)); devmem $((gpio + 0x94)) 32 0; devmem $((gpio + 0x98)) 32 0
wires 1; hillock doctor --json --trial 0s </dev/null >/dev/null; pi 'hillock doctor --json --trial 0s' >/dev/null; wires 0
part "pulls later"; for n in 9 25; do echo $n $(($(pull $n))); done
devmem $gpio 32 $(($(devmem $gpio) & ~(7 << 27))) # GPIO9 becomes an input
part "MISO lost"; hillock doctor --json --trial 0s </dev/null
part rebind; ( cd /sys/bus/platform/drivers/spi-bcm2835 && echo 3f204000.spi | tee unbind bind ); sleep 1
part "MISO back"; hillock doctor --json --trial 0s </dev/null`)
	for _, f := range faults {
		g.names(f)
	}
	g.keepsPulls()
	if first, second := g.findings("1"), g.findings("2"); !gocmp.Equal(first, second) {
		t.Errorf("CS in GPIO25: got %+v and then %+v, want one verdict", first, second)
	}
	if got := strings.Fields(g.part("pulls later")); !slices.Equal(got, []string{"9", "1", "25", "1"}) {
		t.Errorf("got the pulls %q, want the pull-ups of GPIO9 and GPIO25 as they were", got)
	}
	lost := piFailed("SPI0.0", "GPIO9 (header pin 21) is a plain input", "SPI0 has lost its MISO", "run 'cd /sys/bus/platform/drivers/spi-bcm2835 && echo 3f204000.spi | sudo tee unbind bind'")
	if diff := gocmp.Diff([]doctor.Finding{lost}, g.findings("MISO lost")); diff != "" {
		t.Errorf("MISO lost (-want +got):\n%s", diff)
	}
	if diff := gocmp.Diff(faults[0].root, g.findings("MISO back")[0]); diff != "" {
		t.Errorf("MISO back (-want +got):\n%s", diff)
	}
}

const piPulls = `
part pulls; for n in 4 7 9 17 22 23 24 25 26 27; do echo $n $(($(pull $n))); done`

// keepsPulls checks that the pulls after all checks are those after power-up.
func (g *guest) keepsPulls() {
	g.t.Helper()
	const want = "4 1\n7 1\n9 2\n17 2\n22 2\n23 2\n24 2\n25 2\n26 2\n27 2"
	if got := strings.TrimSpace(g.part("pulls")); got != want {
		g.t.Errorf("got the pulls (1 up, 2 down)\n%s, want as after power-up\n%s", got, want)
	}
}

// somePiFaults returns the faults of these names.
func somePiFaults(names ...string) []piFault {
	return slices.DeleteFunc(piFaults(), func(f piFault) bool { return !slices.Contains(names, f.name) })
}

// TestPiDoctorNeedsNoLineNames checks the doctor with the kernel's own line names, such as PWM0_OUT and SPI_MISO.
func TestPiDoctorNeedsNoLineNames(t *testing.T) {
	faults := somePiFaults("no fault", "DOUT open", "DOUT in GPIO25", "LED and second wire")
	g := bootPi(t, qemupi.Guest{Board: piBoard("3b"), Tree: qemupi.Mainline, Registers: true}, piDoctor(faults)+piPulls+`
start --duration 10s; sleep 2
part "held LED"; su pi -c "hillock run --hw real --plain --duration 1s" </dev/null 2>&1; echo "status $?"
wait $pid
count() { cat /sys/kernel/debug/spi-bcm2835*/count_transfer_$1; }
for limit in 30 40; do
	echo $limit > /sys/module/spi_bcm2835/parameters/polling_limit_us
	part "limit $limit"; pi 'hillock doctor --json --trial 0s --set input.knob.driver=mcp3208'
	irq=$(count irq); polling=$(count polling); run --duration 1s --set input.knob.driver=mcp3208
	part "transfers $limit"; echo $(($(count irq) - irq)) $(($(count polling) - polling))
done`)
	for _, f := range faults {
		g.names(f)
	}
	g.keepsPulls()
	g.waits()
	rest := g.part("held LED")
	for _, want := range []string{"\nled        0 pulses on GPIO17, refused ", "\nled        refused: pulse: GPIO17: ", ` holds it: stop that program, or choose another pin`,
		"\nhillock: output led: the LED was dark at the end of the run: GPIO17 refused\n", "\nstatus 1\n"} {
		var ok bool
		if _, rest, ok = strings.Cut(rest, strings.TrimSuffix(want, "\n")); !ok {
			t.Errorf("held LED: got no %q in the rest of\n%s", want, g.part("held LED"))
		}
	}
}

// waits checks the finding on polling_limit_us against the counters of the driver: transfers by interrupt and polled ones.
func (g *guest) waits() {
	g.t.Helper()
	for limit, want := range map[string]string{"30": "1000 0", "40": "0 1000"} {
		if got := strings.TrimSpace(g.part("transfers " + limit)); got != want {
			g.t.Errorf("polling_limit_us = %s: got %q transfers by interrupt and polled, want %q", limit, got, want)
		}
		remedy := strings.Contains(g.part("limit "+limit), "run 'echo 40 | sudo tee /sys/module/spi_bcm2835/parameters/polling_limit_us'")
		if remedy != (limit == "30") {
			g.t.Errorf("polling_limit_us = %s: got the remedy %v", limit, remedy)
		}
	}
}

// TestPiRunAndDoctorAdviseAlike checks the advice about SPI, switched off.
func TestPiRunAndDoctorAdviseAlike(t *testing.T) {
	g := bootPi(t, qemupi.Guest{Board: piBoard("3b"), Tree: qemupi.NoBuses}, `
part doctor; pi 'hillock doctor --json --trial 0s' 2>/dev/null
part run; pi 'hillock run --hw real --plain --duration 1s' 2>&1; echo "status $?"`)
	var found []doctor.Finding
	if err := json.Unmarshal([]byte(g.part("doctor")), &found); err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(found, func(f doctor.Finding) bool { return f.Check == "SPI0.0" })
	if i < 0 {
		t.Fatalf("got %+v, want a finding about SPI0.0", found)
	}
	want := fmt.Sprintf("hillock: input knob: mcp3008 on SPI0.0: this Pi has %s: %s: %s\nstatus 3", found[i].Seen, found[i].Means, found[i].Do)
	if got := g.part("run"); !strings.Contains(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestPiDoctorNamesFaultsOnEachBoard(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"4b", "zero"} {
		t.Run(name, func(t *testing.T) {
			faults := somePiFaults("no fault", "CS open", "DOUT in GPIO25", "second wire loose")
			g := bootPi(t, qemupi.Guest{Board: piBoard(name), Tree: qemupi.RaspberryPiOS, Registers: true}, piDoctor(faults)+piPulls)
			for _, f := range faults {
				g.names(f)
			}
			g.keepsPulls()
		})
	}
}
