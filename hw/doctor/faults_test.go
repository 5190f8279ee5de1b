package doctor_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/clock"
	"hillock/hw/doctor"
	"hillock/hw/part"
	"hillock/hw/sim"
)

// blind is a hand that turns knobs but sees nothing.
type blind struct{ *board.Virtual }

func (blind) Look(_ config.Output, _ string, show func() error) (bool, error) { return false, show() }

// timid is a hand that turns knobs only halfway.
type timid struct{ *board.Virtual }

func (h timid) Turn(_ context.Context, in config.Input, _ string) error {
	for _, p := range []float64{0.2, 0.9} {
		h.Knobs[in.Name].Set(p)
		time.Sleep(100 * time.Millisecond)
	}
	return nil
}

// deaf is a hand that sees everything but hears nothing.
type deaf struct{ *board.Virtual }

func (h deaf) Look(out config.Output, should string, show func() error) (bool, error) {
	if out.Driver == "buzzer" {
		return false, show()
	}
	return h.Virtual.Look(out, should, show)
}

// still is a hand that sees no servo move.
type still struct{ *board.Virtual }

func (h still) Look(out config.Output, should string, show func() error) (bool, error) {
	if out.Driver == "servo" {
		return false, show()
	}
	return h.Virtual.Look(out, should, show)
}

// gloomy is a hand that leaves light sensors as they are.
type gloomy struct{ *board.Virtual }

func (h gloomy) Turn(ctx context.Context, in config.Input, caution string) error {
	if in.Driver == "ldr" {
		return nil
	}
	return h.Virtual.Turn(ctx, in, caution)
}

// fault is something wrong with a kit, and the words that its finding must have.
type fault struct {
	name   string
	config string // added to the default one
	breaks func(v *board.Virtual)
	hand   func(*board.Virtual) doctor.Hand
	back   map[string]string
	host   func(t *testing.T) doctor.Host // of a fault in the set-up, nil for the wires

	check string // of the finding
	names string // in its cause or its remedy
}

// turns is a hand for every request.
func turns(v *board.Virtual) doctor.Hand { return v }

const (
	right   = "[input.right]\ndriver = \"mcp3008\"\nchannel = 3\ncurrent = [\"0 nA\", \"5 nA\"]\n"
	bare    = "[input.bare]\ndriver = \"rc\"\npin = \"GPIO4\"\ncurrent = [\"0 nA\", \"5 nA\"]\n"
	fine    = "[input.fine]\ndriver = \"ads1115\"\ncurrent = [\"0 nA\", \"5 nA\"]\n"
	eye     = "[input.eye]\ndriver = \"ldr\"\nchannel = 1\n"
	buzzer  = "[output.buzzer]\ndriver = \"buzzer\"\nneuron = \"n1\"\npin = \"GPIO22\"\n"
	arm     = "[output.arm]\ndriver = \"servo\"\nneuron = \"n1\"\n"
	display = "[output.display]\ndriver = \"oled\"\nneuron = \"n1\"\n"
)

// errBusy is the error of a pin in use by another program.
var errBusy = fmt.Errorf("%w: another program holds it: stop that program, or choose another pin", syscall.EBUSY)

func spi(f sim.Faults) func(*board.Virtual) {
	return func(v *board.Virtual) { v.Ports["SPI0.0"].SetFaults(f) }
}

func offLeg(name string, f sim.KnobFault) func(*board.Virtual) {
	return func(v *board.Virtual) { v.Knobs[name].SetFault(f) }
}

// at moves the wire of the knob's wiper to another channel.
func at(channel int) func(*board.Virtual) {
	return func(v *board.Virtual) {
		chip := v.Parts["SPI0.0"].(*sim.MCP3xxx)
		chip.Knob(0).SetFault(sim.WiperOff)
		chip.Knob(channel).SetFault(sim.KnobGood)
		chip.Knob(channel).Set(0.4)
	}
}

// setUpFaults returns the faults of the machine. The doctor looks for them before it checks a wire.
func setUpFaults() []fault {
	both := func() map[string]os.FileMode {
		return map[string]os.FileMode{"/dev/gpiochip0": 0o660, "/dev/spidev0.0": 0o660, "/dev/i2c-1": 0o660, "/proc/device-tree/model": 0o644, "/proc/device-tree/compatible": 0o644}
	}
	groups := []string{"gpio", "spi", "i2c"}
	without := func(node string) func(*testing.T) doctor.Host {
		return func(t *testing.T) doctor.Host {
			files := both()
			delete(files, node)
			return doctor.MadeHost(t, 1000, groups, files)
		}
	}
	notIn := func(left ...string) func(*testing.T) doctor.Host {
		return func(t *testing.T) doctor.Host { return doctor.MadeHost(t, 1000, left, both()) }
	}
	bits := func(throttled string) func(*testing.T) doctor.Host {
		return func(t *testing.T) doctor.Host {
			h := doctor.MadeHost(t, 1000, groups, both())
			h.SetOutput(func(program string, _ ...string) string {
				return map[string]string{"vcgencmd": "throttled=" + throttled}[program]
			})
			return h
		}
	}
	return []fault{
		{name: "SPI is off", host: without("/dev/spidev0.0"), check: "SPI0.0", names: "sudo hillock setup"},
		{name: "I2C is off", config: fine, host: without("/dev/i2c-1"), check: "I2C1", names: "sudo hillock setup"},
		{name: "spidev is not loaded", host: func(t *testing.T) doctor.Host {
			files := both()
			delete(files, "/dev/spidev0.0")
			files["/sys/bus/spi/devices/spi0.0/modalias"] = 0o444
			return doctor.MadeHost(t, 1000, groups, files)
		}, check: "SPI0.0", names: "the kernel module spidev is not loaded"},
		{name: "i2c-dev is not loaded", config: fine, host: func(t *testing.T) doctor.Host {
			files := both()
			delete(files, "/dev/i2c-1")
			files["/sys/bus/i2c/devices/i2c-1/name"] = 0o444
			return doctor.MadeHost(t, 1000, groups, files)
		}, check: "I2C1", names: "the kernel module i2c-dev is not loaded"},
		{name: "no driver for the pins", host: without("/dev/gpiochip0"), check: "GPIO", names: "the kernel has no driver for the pins"},
		{name: "not in the group gpio", host: notIn("spi", "i2c"), check: "GPIO", names: "usermod -aG gpio"},
		{name: "not in the group spi", host: notIn("gpio", "i2c"), check: "SPI0.0", names: "usermod -aG spi"},
		{name: "not in the group i2c", config: fine, host: notIn("gpio", "spi"), check: "I2C1", names: "usermod -aG i2c"},
		{name: "a node for root only", host: func(t *testing.T) doctor.Host {
			files := both()
			files["/dev/spidev0.0"] = 0o600
			return doctor.MadeHost(t, 1000, groups, files)
		}, check: "SPI0.0", names: "udev rule opens the device to the group spi"},
		{name: "root on a Pi 5", host: func(t *testing.T) doctor.Host { return doctor.MadeHost(t, 0, nil, both()) }, check: "user", names: "run hillock as a user in the groups gpio and spi"},
		{name: "under-voltage", host: bits("0x50005"), check: "power", names: "use a supply made for this Pi"},
		{name: "too hot", host: bits("0xe000e"), check: "power", names: "a heat sink or a fan"},
		{name: "the LED's pin in use by another program", host: func(t *testing.T) doctor.Host {
			h := doctor.MadeHost(t, 1000, groups, both())
			h.SetHolders(map[string]string{"GPIO17": "gpiomon"})
			return h
		}, check: "GPIO17", names: "stop that program"},
		{name: "GPIO7 as an output while SPI0 has it as a chip select", config: "[output.seven]\ndriver = \"pulse\"\nneuron = \"n1\"\npin = \"GPIO7\"\n", host: func(t *testing.T) doctor.Host {
			h := doctor.MadeHost(t, 1000, groups, both())
			h.SetHolders(map[string]string{"GPIO17": "", "GPIO7": "spi0 CS1"})
			return h
		}, check: "GPIO7", names: "dtoverlay=spi0-1cs"},
		{name: "MISO left as a plain pin", host: func(t *testing.T) doctor.Host {
			h := doctor.MadeHost(t, 1000, groups, both())
			h.SetHolders(map[string]string{"GPIO17": ""})
			h.SetOutput(func(_ string, args ...string) string {
				if slices.Contains(args, "9") {
					return " 9: ip    pd | lo // GPIO9 = input"
				}
				return ""
			})
			return h
		}, check: "GPIO9", names: "SPI0 has lost its MISO"},
		{name: "real time required but not permitted", host: func(t *testing.T) doctor.Host {
			h := doctor.MadeHost(t, 1000, groups, both())
			h.SetTry(func(clock.Options) (clock.Grant, error) {
				return clock.Grant{}, errors.New(`loop.realtime: must be permitted when it is "on": SCHED_FIFO`)
			})
			return h
		}, check: "realtime", names: "change the table [loop]"},
	}
}

// parse returns the default configuration with the additions of a fault.
func (f fault) parse(t *testing.T) *config.Config {
	t.Helper()
	text, sets := string(config.DefaultTOML()), []string(nil)
	switch key, value, set := strings.Cut(f.config, " = "); {
	case strings.HasPrefix(f.config, "["):
		text += "\n" + f.config
	case set:
		sets = []string{"input.knob." + key + "=" + value}
	}
	cfg, err := config.Parse("", []byte(text), sets, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// wire wires a virtual Pi with a fault.
func (f fault) wire(t *testing.T) (*board.Virtual, *doctor.Bench) {
	t.Helper()
	cfg := f.parse(t)
	v, err := board.NewVirtual(cfg, nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &doctor.Bench{Config: cfg, Pi: v, Back: f.back}
	if f.hand != nil {
		b.Hand = f.hand(v)
	}
	if f.breaks != nil {
		f.breaks(v)
	}
	return v, b
}

// examine returns the findings for a fault.
func (f fault) examine(t *testing.T) (found []doctor.Finding) {
	t.Helper()
	if f.host != nil {
		return f.host(t).SetUp(f.parse(t))
	}
	synctest.Test(t, func(t *testing.T) {
		v, b := f.wire(t)
		before := state(v)
		found = slices.Collect(b.Wires(t.Context()))
		if after := state(v); !slices.Equal(before, after) {
			t.Errorf("%s: left the pins as %v, found them as %v", f.name, after, before)
		}
	})
	return found
}

// state returns the function and the pull of every pin. The pins of outputs must end as they began: low.
func state(v *board.Virtual) (all []string) {
	for n := range 28 {
		p := v.Pin(fmt.Sprint(n))
		function, _, _ := strings.Cut(strings.Replace(p.Function(), "Out/Low", "In/", 1), "/")
		all = append(all, fmt.Sprintf("%s %s %s", p, function, p.Pull()))
	}
	return all
}

// TestFaults checks that the first failed check names the wire or the setting of each fault. The findings are the table in
// deploy/doc/doctor.md, and some of them the table in README.md.
func TestFaults(t *testing.T) {
	t.Parallel()
	faults := slices.Concat(setUpFaults(), wireFaults(), jumperFaults(t), dacFaults(), edgeFaults())
	rows := make([]string, len(faults))
	t.Run("all", func(t *testing.T) { // until the last has ended
		for n, f := range faults {
			t.Run(f.name, func(t *testing.T) {
				t.Parallel()
				found := f.examine(t)
				i := slices.IndexFunc(found, func(x doctor.Finding) bool { return x.Result == doctor.Failed })
				if i < 0 {
					t.Fatalf("found nothing: %+v", found)
				}
				got := found[i]
				t.Logf("\n\tcheck: %s\n\tseen:  %s\n\tmeans: %s\n\tdo:    %s", got.Check, got.Seen, got.Means, got.Do)
				if got.Check != f.check || !strings.Contains(got.Means+" "+got.Do, f.names) {
					t.Errorf("got %+v, want %s to name %q", got, f.check, f.names)
				}
				rows[n] = fmt.Sprintf("| %s: %s | %s | %s |\n", got.Check, got.Seen, got.Means, got.Do)
			})
		}
	})
	const head = "| doctor sees | it means | do |\n|---|---|---|\n"
	all, short := head, head
	for n, row := range rows {
		if slices.Contains(rows[:n], row) {
			continue
		}
		all += row
		if slices.Contains(inREADME, faults[n].name) {
			short += row
		}
	}
	document(t, "../../deploy/doc/doctor.md", all)
	document(t, "../../README.md", short)
}

// inREADME names the faults in the short table of the README.
var inREADME = []string{"SPI is off", "MISO at ground", "CE0 one row too high", "the knob's leg to 3V3 loose", "the LED the wrong way round"}

var update = flag.Bool("update", false, "write the tables of findings into README.md and deploy/doc/doctor.md")

// document compares the table in a page with the findings, and writes it with -update.
func document(t *testing.T, file, table string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("SKIPPED: table of findings: Windows has no modes, and other findings")
	}
	const begin, end = "<!-- findings: from go test ./hw/doctor -run TestFaults -update -->\n", "<!-- end -->"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	was, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("%s: got no table of findings between %q and %q", file, begin, end)
	}
	switch {
	case was == table:
	case *update:
		if err := os.WriteFile(file, []byte(before+begin+table+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s: the table differs from the findings: run the command beside it (-table +findings):\n%s", file, cmp.Diff(was, table))
	}
}
