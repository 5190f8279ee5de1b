package sim_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"hillock/hw/mcp3xxx"
	"hillock/hw/sim"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpioreg"
	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/i2c/i2creg"
	"periph.io/x/conn/v3/spi"
	"periph.io/x/conn/v3/spi/spireg"
)

// registries returns the names in gpioreg, spireg and i2creg.
func registries() (names []string) {
	for _, p := range append(gpioreg.All(), gpioreg.Aliases()...) {
		names = append(names, p.Name())
	}
	for _, r := range spireg.All() {
		names = append(names, r.Name+" "+strings.Join(r.Aliases, " "))
	}
	for _, r := range i2creg.All() {
		names = append(names, r.Name+" "+strings.Join(r.Aliases, " "))
	}
	return names
}

// other is a pin that does not belong to the Pi.
type other struct {
	gpio.PinIO
	name string
}

func (o *other) Name() string { return o.name }

func stranger(name string) gpio.PinIO { return &other{gpio.INVALID, name} }

func register(t *testing.T, pi *sim.Pi) {
	t.Helper()
	if err := pi.Register(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pi.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestRegisterAndClose(t *testing.T) {
	pi, _ := sim.Kit(nil)
	for range 2 { // registers again after Close
		register(t, pi)
		if got := len(gpioreg.All()); got != 28 {
			t.Errorf("got %d pins, want 28", got)
		}
		for name, want := range map[string]string{
			"GPIO17": "GPIO17", "17": "17(GPIO17)", "P1_11": "P1_11(GPIO17)", "SPI0_CS0": "SPI0_CS0(GPIO8)",
		} {
			if got := gpioreg.ByName(name); got == nil || got.String() != want {
				t.Errorf("%s: got %v, want %s", name, got, want)
			}
		}
		if got, want := gpioreg.ByName("GPIO17"), gpio.PinIO(pi.Pin("GPIO17")); got != want {
			t.Errorf("gpioreg and the Pi have different pins: got %v", got)
		}
		for name, want := range map[string]string{
			"": "SPI0.0", "0": "SPI0.0", "SPI0.0": "SPI0.0", "/dev/spidev0.0": "SPI0.0", "SPI0.1": "SPI0.1",
			"1": "SPI1.0", "/dev/spidev1.2": "SPI1.2",
		} {
			port, err := spireg.Open(name)
			if err != nil || port.String() != want {
				t.Errorf("%q: got %v, %v, want %s", name, port, err, want)
			}
		}
		for _, name := range []string{"", "1", "I2C1", "/dev/i2c-1"} {
			if bus, err := i2creg.Open(name); err != nil || bus.String() != "I2C1" {
				t.Errorf("%q: got %v, %v, want I2C1", name, bus, err)
			}
		}
		if err := pi.Close(); err != nil {
			t.Error(err)
		}
		if got := registries(); got != nil {
			t.Errorf("after Close: got %v, want nothing", got)
		}
		if err := pi.Close(); err != nil {
			t.Errorf("second Close: got %v", err)
		}
	}
}

// Each name can be taken. Its owner keeps it, and the Pi leaves nothing behind.
func TestRegisterRefusesTakenNames(t *testing.T) {
	const advice = ": periph's registries hold another Pi: remove host.Init, or close the other virtual Pi first"
	open := func() (spi.PortCloser, error) { return nil, nil }
	for _, tt := range []struct {
		name   string
		take   func() error
		giveUp func() error
		want   string
	}{
		{
			"the same", nil, nil,
			"sim: this virtual Pi is already registered: close it before registering it again",
		},
		{
			"another virtual Pi", nil, nil,
			`sim: gpioreg: can't register pin "GPIO0" twice; already registered as "GPIO0"` + advice,
		},
		{
			"pin",
			func() error { return gpioreg.Register(stranger("GPIO27")) },
			func() error { return gpioreg.Unregister("GPIO27") },
			`sim: gpioreg: can't register pin "GPIO27" twice; already registered as "INVALID"` + advice,
		},
		{
			"alias",
			func() error {
				if err := gpioreg.Register(stranger("stranger")); err != nil {
					return err
				}
				return gpioreg.RegisterAlias("P1_13", "stranger")
			},
			func() error {
				if err := gpioreg.Unregister("P1_13"); err != nil {
					return err
				}
				return gpioreg.Unregister("stranger")
			},
			"sim: pin name P1_13 belongs to P1_13(stranger)" + advice,
		},
		{
			"port",
			func() error { return spireg.Register("/dev/spidev1.2", nil, -1, open) },
			func() error { return spireg.Unregister("/dev/spidev1.2") },
			`sim: spireg: can't register port "/dev/spidev1.2" twice` + advice,
		},
		{
			"bus",
			func() error {
				return i2creg.Register("/dev/i2c-1", nil, -1, func() (i2c.BusCloser, error) { return nil, nil })
			},
			func() error { return i2creg.Unregister("/dev/i2c-1") },
			`sim: i2creg: can't register bus "/dev/i2c-1" twice` + advice,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			pi := sim.New(nil)
			switch tt.name {
			case "the same":
				register(t, pi)
			case "another virtual Pi":
				register(t, sim.New(nil))
			default:
				if err := tt.take(); err != nil {
					t.Fatal(err)
				}
			}
			before := registries()
			if got := text(pi.Register()); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if diff := cmp.Diff(before, registries()); diff != "" {
				t.Errorf("the registries after Register (-before +after):\n%s", diff)
			}
			if tt.giveUp != nil {
				if err := tt.giveUp(); err != nil {
					t.Fatal(err)
				}
				register(t, pi)
			}
		})
	}
}

// On a real Pi host.Init replaces pins. Close leaves such a pin.
func TestCloseLeavesPinsOfOthers(t *testing.T) {
	pi := sim.New(nil)
	register(t, pi)
	if err := gpioreg.Unregister("GPIO17"); err != nil {
		t.Fatal(err)
	}
	if err := gpioreg.Register(stranger("GPIO17")); err != nil {
		t.Fatal(err)
	}
	if err := pi.Close(); err != nil {
		t.Error(err)
	}
	if got := gpioreg.ByName("GPIO17"); got == nil {
		t.Error("got no GPIO17, want the other one")
	}
	if err := gpioreg.Unregister("GPIO17"); err != nil {
		t.Error(err)
	}
	for _, alias := range []string{"17", "P1_11", "SPI1_CS1"} { // now of the other pin
		if err := gpioreg.Unregister(alias); err != nil {
			t.Error(err)
		}
	}
}

func TestRecordOutlivesClose(t *testing.T) {
	pi := sim.New(new(stopwatch))
	register(t, pi)
	led := gpioreg.ByName("P1_11")
	if err := led.Out(gpio.High); err != nil {
		t.Fatal(err)
	}
	if err := pi.Close(); err != nil {
		t.Fatal(err)
	}
	if err := led.Out(gpio.Low); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]sim.Edge{{Level: gpio.High}, {Level: gpio.Low}}, pi.Pin("GPIO17").Edges()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// For the race detector: two programs on one bus, and everything a hand can do.
func TestHandsAndProgramsDoNotRace(t *testing.T) {
	pi, chip := sim.Kit(nil)
	register(t, pi)
	pi.SPI(0, 1).Plug(sim.NewMCP3004())
	button, led := pi.Pin("GPIO27"), pi.Pin("GPIO17")
	if err := button.In(gpio.PullUp, gpio.BothEdges); err != nil {
		t.Fatal(err)
	}
	const rounds = 300
	var programs, outside sync.WaitGroup
	for cs := range 2 {
		for range 2 {
			pin := adc(t, pi.SPI(0, cs), &mcp3xxx.Opts{Model: mcp3xxx.MCP3004}, 0)
			programs.Go(func() {
				for range rounds {
					if s, err := pin.Read(); err == nil && (s.Raw < 0 || s.Raw > 1023) {
						t.Errorf("got %d, want 0 to 1023", s.Raw)
					}
				}
			})
		}
	}
	programs.Go(func() {
		for i := range rounds {
			if err := led.Out(i%2 == 0); err != nil {
				t.Error(err)
			}
		}
	})
	programs.Go(func() {
		for button.WaitForEdge(-1) {
			button.Read()
		}
	})
	for _, do := range []func(int){
		func(i int) { chip.Knob(0).Set(float64(i) / rounds) },
		func(i int) { chip.Knob(0).SetCode(i) },
		func(i int) { chip.SetNoise(i%3, uint64(i)) },
		func(i int) { chip.SetVDD(chip.VDD()) },
		func(i int) { pi.SPI(0, 0).SetFaults(sim.Faults{MISO: sim.MISO(i % 3)}) },
		func(i int) {
			if i%2 == 0 {
				pi.SPI(0, 0).Unplug()
			} else {
				pi.SPI(0, 0).Plug(chip)
			}
		},
		func(i int) { button.Drive(i%2 == 0) },
		func(i int) { led.Edges(); led.EdgeCount(); led.Level(); led.Func() },
		func(i int) { pi.SPI(0, 1).Faults() },
	} {
		outside.Go(func() {
			for i := range rounds {
				do(i)
			}
		})
	}
	outside.Wait()
	button.Halt()
	programs.Wait()
	if got := led.EdgeCount(); got != rounds {
		t.Errorf("got %d edges, want %d", got, rounds)
	}
}

// Two Pis in one process open their own pins, ports and buses. The registries stay unchanged.
func TestOpenNeedsNoRegistry(t *testing.T) {
	before := registries()
	for range 2 {
		pi := sim.New(nil)
		p, err := pi.OpenPin("P1_11")
		if err != nil || p != gpio.PinIO(pi.Pin("GPIO17")) {
			t.Errorf("got %v, %v; want the Pi's own GPIO17", p, err)
		}
		if p, ok := pi.DirectPin("17"); !ok || p != gpio.PinIO(pi.Pin("GPIO17")) {
			t.Errorf("got %v, %t; want the Pi's own GPIO17", p, ok)
		}
		if port, err := pi.OpenSPI("SPI1.2"); err != nil || port.String() != "SPI1.2" {
			t.Errorf("got %v, %v; want SPI1.2", port, err)
		}
		if bus, err := pi.OpenI2C("I2C1"); err != nil || bus.String() != "I2C1" {
			t.Errorf("got %v, %v; want I2C1", bus, err)
		}
		for want, open := range map[string]func() (any, error){
			`sim: no pin "GPIO28": the virtual Pi has GPIO0 to GPIO27: use a name like GPIO17, 17, P1_11 or SPI0_MOSI`: func() (any, error) { return pi.OpenPin("GPIO28") },
			`sim: no port "SPI0.2": the virtual Pi has SPI0.0, SPI0.1 and SPI1.0 to SPI1.2`:                            func() (any, error) { return pi.OpenSPI("SPI0.2") },
			`sim: no bus "I2C0": the virtual Pi has I2C1`:                                                              func() (any, error) { return pi.OpenI2C("I2C0") },
		} {
			if got, err := open(); got != nil || err == nil || err.Error() != want {
				t.Errorf("got %v, %v; want %s", got, err, want)
			}
		}
		if p, ok := pi.DirectPin("GPIO28"); p != nil || ok {
			t.Errorf("got %v, %t; want no pin", p, ok)
		}
	}
	if diff := cmp.Diff(before, registries()); diff != "" {
		t.Errorf("the registries have changed (-before +after):\n%s", diff)
	}
}
