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
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"

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

func wireFaults() []fault {
	return []fault{
		{name: "MISO loose at the chip", breaks: spi(sim.Faults{DOUT: sim.Loose}), check: "SPI0.0", names: "MISO (GPIO9) 21 to DOUT 12"},
		{name: "CE0 loose", breaks: spi(sim.Faults{CS: sim.Loose}), check: "SPI0.0", names: "CE0 (GPIO8) 24 to CS 10"},
		{name: "SCLK loose", breaks: spi(sim.Faults{CLK: sim.Loose}), check: "SPI0.0", names: "SCLK (GPIO11) 23 to CLK 13"},
		{name: "MOSI loose", breaks: spi(sim.Faults{DIN: sim.Loose}), check: "SPI0.0", names: "MOSI (GPIO10) 19 to DIN 11"},
		{name: "VDD loose", breaks: func(v *board.Virtual) { v.Parts["SPI0.0"].(*sim.MCP3xxx).SetFault(sim.NoSupply) }, check: "SPI0.0", names: "3V3 to VDD 16"},
		{name: "MISO loose, and a button pressed at a free pin", breaks: func(v *board.Virtual) {
			spi(sim.Faults{DOUT: sim.Loose})(v)
			v.Pin("GPIO24").Drive(gpio.Low)
		}, check: "SPI0.0", names: "MISO (GPIO9) 21 to DOUT 12"},
		{name: "MISO loose, with the resistor to 3V3", breaks: spi(sim.Faults{MISO: sim.Open}), check: "SPI0.0", names: "MISO (GPIO9) 21 to DOUT 12"},
		{name: "MISO at ground", breaks: spi(sim.Faults{MISO: sim.Shorted}), check: "SPI0.0", names: "MISO (GPIO9, header pin 21) or the chip's CS is at ground"},
		{name: "a loose contact at MISO", breaks: spi(sim.Faults{MISO: sim.Flaky}), check: "SPI0.0", names: "push in MISO (GPIO9, header pin 21)"},
		{name: "CE0 one row too high", breaks: spi(sim.Faults{CS: "GPIO25"}), check: "SPI0.0", names: "CS (chip pin 10) is wired to GPIO25 (header pin 22) instead of CE0"},
		{name: "CE0 one row too low, at CE1", breaks: func(v *board.Virtual) {
			v.SPI(0, 0).Unplug()
			v.SPI(0, 1).Plug(v.Parts["SPI0.0"].(*sim.MCP3xxx))
		}, check: "SPI0.0", names: "CS (chip pin 10) is wired to GPIO7 (header pin 26) instead of CE0"},
		{name: "CE0 at ground", breaks: spi(sim.Faults{CS: sim.ToGND}), check: "SPI0.0", names: "the chip's CS is at ground"},
		{name: "MOSI in a wrong hole", breaks: spi(sim.Faults{DIN: "GPIO22"}), check: "SPI0.0", names: "DIN (chip pin 11) is wired to GPIO22 (header pin 15) instead of MOSI"},
		{name: "MOSI at 3V3", breaks: spi(sim.Faults{DIN: sim.To3V3}), check: "SPI0.0", names: "MOSI (GPIO10, header pin 19) is not connected to DIN (chip pin 11)"},
		{name: "MISO in a wrong hole", breaks: spi(sim.Faults{DOUT: "GPIO25"}), check: "SPI0.0", names: "DOUT (chip pin 12) is wired to GPIO25 (header pin 22) instead of MISO"},
		{name: "MISO and MOSI swapped", breaks: spi(sim.Faults{DIN: "GPIO9", DOUT: "GPIO10"}), check: "SPI0.0", names: "the two are swapped"},
		{name: "another chip, an MCP3208", breaks: func(v *board.Virtual) {
			other, _ := sim.NewMCP3xxx("mcp3208")
			other.Knob(0).Set(0.4)
			for ch := 1; ch < 8; ch++ {
				other.Knob(ch).SetFault(sim.WiperOff)
			}
			v.SPI(0, 0).Plug(other)
		}, check: "SPI0.0", names: `set driver = "mcp3208"`},
		{name: "transfers fail", breaks: spi(sim.Faults{Err: syscall.EIO}), check: "SPI0.0", names: "the kernel's SPI driver fails"},
		{name: "a transfer longer than a tick", breaks: spi(sim.Faults{Delay: 5 * time.Millisecond}), check: "SPI0.0", names: "the neuron runs in slow motion"},
		{name: "transfers hang", breaks: spi(sim.Faults{Delay: time.Second}), check: "SPI0.0", names: "stop other programs on this bus"},
		{name: "VREF loose", breaks: func(v *board.Virtual) { v.Parts["SPI0.0"].(*sim.MCP3xxx).SetFault(sim.NoReference) }, check: "SPI0.0", names: "VREF (chip pin 15)"},
		{name: "the knob's middle leg loose", breaks: offLeg("knob", sim.WiperOff), check: "knob", names: "middle leg is loose"},
		{name: "the knob's middle leg at the next channel", breaks: at(1), check: "knob", names: "middle leg is at CH1 (chip pin 2)"},
		{name: "two knobs swapped", config: right, hand: turns, breaks: func(v *board.Virtual) {
			v.Knobs["knob"], v.Knobs["right"] = v.Knobs["right"], v.Knobs["knob"]
		}, check: "knob", names: "middle leg is at CH3 (chip pin 4)"},
		{name: "the knob's leg to 3V3 loose", hand: turns, breaks: offLeg("knob", sim.SupplyOff), check: "knob", names: "3V3 leg is loose"},
		{name: "the knob's leg to GND loose", hand: turns, breaks: offLeg("knob", sim.GroundOff), check: "knob", names: "GND leg is loose"},
		{name: "the knob does not reach its ends", config: "ends = [10, 1000]", hand: func(v *board.Virtual) doctor.Hand { return timid{v} }, check: "knob", names: "'hillock calibrate knob FILE'"},
		{name: "the ends leave out most of the travel", config: "ends = [0, 255]", hand: turns, check: "knob", names: "remove ends from input.knob to use all codes, or run 'hillock calibrate knob FILE'"},
		{name: "the ends leave out where the knob is", config: "ends = [0, 255]", check: "knob", names: "this is far outside ends = [0, 255]"},
		{name: "noise", breaks: func(v *board.Virtual) { v.Parts["SPI0.0"].(*sim.MCP3xxx).SetNoise(40, 1) }, check: "knob", names: "100 nF from CH0 (chip pin 1) to GND"},

		{name: "the light sensor's leg loose", config: eye, hand: turns, breaks: offLeg("eye", sim.SupplyOff), check: "eye", names: "it is dark for ever"},
		{name: "the light sensor's resistor missing", config: eye, breaks: offLeg("eye", sim.GroundOff), check: "eye", names: "it is bright for ever"},
		{name: "the light sensor's wire to its channel loose", config: eye, breaks: offLeg("eye", sim.WiperOff), check: "eye", names: "its wire to the light sensor is loose"},
		{name: "the light sensor's wire at the next channel", config: eye, breaks: func(v *board.Virtual) {
			v.Parts["SPI0.0"].(*sim.MCP3xxx).Knob(2).SetFault(sim.KnobGood)
			offLeg("eye", sim.WiperOff)(v)
		}, check: "eye", names: "the wire of the light sensor is at CH2 (chip pin 3)"},
		{name: "two light sensors swapped", config: eye + "[input.eye2]\ndriver = \"ldr\"\nchannel = 2\n", hand: turns, breaks: func(v *board.Virtual) {
			v.Knobs["eye"], v.Knobs["eye2"] = v.Knobs["eye2"], v.Knobs["eye"]
		}, check: "eye", names: "the wire of the light sensor is at CH2 (chip pin 3)"},
		{name: "the light sensor and its resistor swapped", config: eye, hand: turns, breaks: func(v *board.Virtual) {
			v.Knobs["eye"].SetLDR(&sim.LDR{Dark: 500 * physic.Ohm, Bright: 100 * physic.KiloOhm, Resistor: 10 * physic.KiloOhm}) // falls with the light
		}, check: "eye", names: "the light sensor and its resistor are swapped"},
		{name: "the light sensor covered for ever", config: eye, hand: func(v *board.Virtual) doctor.Hand { return gloomy{v} }, check: "eye", names: "the sensor was neither covered nor lit"},
		{name: "the light sensor's contact loose", config: eye, breaks: func(v *board.Virtual) {
			v.Knobs["knob"].Set(0) // the code stays at 0: no noise below it
			v.Parts["SPI0.0"].(*sim.MCP3xxx).SetNoise(100, 1)
		}, check: "eye", names: "push in the light sensor and its resistor"},

		{name: "the LED the wrong way round", hand: func(v *board.Virtual) doctor.Hand { return blind{v} }, check: "led", names: "the LED is the wrong way round"},
		{name: "the LED's pin held by another program", hand: turns, breaks: func(v *board.Virtual) { v.Pin("GPIO17").SetFault(errBusy) }, check: "led", names: "stop the program that holds GPIO17 (header pin 11)"},
		{name: "the LED's wire loose, a second wire there", back: map[string]string{"led": "GPIO27"}, check: "led", names: "GPIO17 (header pin 11)"},
		{name: "the second wire at ground", back: map[string]string{"led": "GPIO27"}, breaks: func(v *board.Virtual) { v.Pin("GPIO27").Drive(gpio.Low) }, check: "led", names: "its wire is at ground"},
		{name: "the second wire at 3V3", back: map[string]string{"led": "GPIO27"}, breaks: func(v *board.Virtual) { v.Pin("GPIO27").Drive(gpio.High) }, check: "led", names: "its wire is at 3V3"},

		{name: "the buzzer's wire loose", config: buzzer, hand: func(v *board.Virtual) doctor.Hand { return deaf{v} }, check: "buzzer", names: "a wire of the piezo disc is loose"},

		{name: "the PCA9685 loose", config: fine + arm, breaks: func(v *board.Virtual) { v.I2C(1).Unplug(0x40) }, check: "I2C1", names: "check its SDA (GPIO2, header pin 3)"},
		{name: "the PCA9685 at another address", config: fine + arm, breaks: func(v *board.Virtual) {
			v.I2C(1).Unplug(0x40)
			v.I2C(1).Plug(0x41, v.Parts["I2C1 0x40"].(*sim.PCA9685))
		}, check: "I2C1", names: "output.arm.address = 0x41"},
		{name: "another chip in place of the PCA9685", config: arm, breaks: func(v *board.Virtual) { v.I2C(1).Plug(0x40, sim.NewADS1115()) }, check: "arm", names: "another part has this address"},
		{name: "the servo without its supply", config: arm, hand: func(v *board.Virtual) doctor.Hand { return still{v} }, check: "arm", names: "check the 5 V supply at V+"},

		{name: "the capacitor loose", config: bare, breaks: offCapacitor(sim.CapacitorOff), check: "bare", names: "the capacitor or its wire to GND is loose"},
		{name: "the capacitor shorted", config: bare, breaks: offCapacitor(sim.CapacitorShorted), check: "bare", names: "the capacitor is shorted"},
		{name: "the bare knob's leg loose", config: bare, breaks: offCapacitor(sim.KnobOff), check: "bare", names: "a leg of the knob"},
		{name: "the bare knob's pin loose", config: bare, breaks: offCapacitor(sim.PinOff), check: "bare", names: "its wire to the resistor is loose"},

		{name: "the ADS1115 loose", config: fine, breaks: func(v *board.Virtual) { v.I2C(1).Unplug(0x48) }, check: "I2C1", names: "SDA (GPIO2, header pin 3), SCL (GPIO3, header pin 5)"},
		{name: "the ADS1115's ADDR at VDD", config: fine, breaks: func(v *board.Virtual) {
			v.I2C(1).Unplug(0x48)
			v.I2C(1).Plug(0x49, v.Parts["I2C1 0x48"].(*sim.ADS1115))
		}, check: "I2C1", names: "input.fine.address = 0x49"},
		{name: "SDA at ground", config: fine, breaks: func(v *board.Virtual) { v.I2C(1).SetFaults(sim.I2CFaults{SDALow: true}) }, check: "I2C1", names: "SDA (GPIO2, header pin 3) is at ground"},
		{name: "the I2C bus hangs", config: fine, breaks: func(v *board.Virtual) { v.I2C(1).SetFaults(sim.I2CFaults{Err: syscall.ETIMEDOUT}) }, check: "I2C1", names: "holds SDA or SCL low"},
		{name: "the ADS1115's wiper loose", config: fine, breaks: offLeg("fine", sim.WiperOff), check: "fine", names: "middle leg is loose"},
		{name: "the display loose", config: fine + display, breaks: func(v *board.Virtual) { v.I2C(1).Unplug(0x3c) }, check: "I2C1", names: "its wires are loose"},
		{name: "the display at its other address", config: fine + display, breaks: func(v *board.Virtual) {
			v.I2C(1).Unplug(0x3c)
			v.I2C(1).Plug(0x3d, v.Parts["I2C1 0x3c"].(*sim.SSD1306))
		}, check: "I2C1", names: "output.display.address = 0x3d"},
	}
}

func offCapacitor(f sim.RCFault) func(*board.Virtual) {
	return func(v *board.Virtual) { v.Parts["GPIO4"].(*sim.RC).SetFault(f) }
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
