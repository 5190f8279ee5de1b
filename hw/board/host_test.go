package board

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"periph.io/x/conn/v3/gpio"

	"hillock/hw/sim"
)

// consumed is a line with a holder.
type consumed struct {
	gpio.PinIO
	name, holder string
}

func (c consumed) Consumer() string { return c.holder }
func (c consumed) Name() string     { return c.name }

// Not parallel: the registries hold one virtual Pi at a time.
func TestHostPinErrorsHaveRemedies(t *testing.T) {
	pi := sim.New(nil)
	if err := pi.Register(); err != nil {
		t.Fatal(err)
	}
	defer pi.Close()
	opened, err := Host{}.OpenPin("P1_11") // an alias
	if err != nil {
		t.Fatal(err)
	}
	const group = ": join its group with 'sudo usermod -aG gpio $USER' and log in again"
	for _, tt := range []struct {
		p     gpio.PinIO
		fault error
		busy  bool
		want  string // after the error of the pin itself
	}{
		{opened, syscall.EBUSY, true, "device or resource busy: another program holds it: stop that program, or choose another pin"},
		{opened, errors.New("line_request ioctl: device or resource busy"), true, // gpioioctl keeps the text only
			"line_request ioctl: device or resource busy: another program holds it: stop that program, or choose another pin"},
		{newHostPin(consumed{pi.Pin("GPIO17"), "GPIO17", "gpiomon"}), syscall.EBUSY, true, `device or resource busy: "gpiomon" holds it: stop that program, or choose another pin`},
		{newHostPin(consumed{pi.Pin("GPIO17"), "GPIO7", "spi0 CS1"}), syscall.EBUSY, true,
			`device or resource busy: "spi0 CS1" holds it: add dtoverlay=spi0-1cs to config.txt and reboot, or choose another pin`},
		{newHostPin(consumed{pi.Pin("GPIO17"), "GPIO17", "spi1 CS1"}), syscall.EBUSY, true,
			`device or resource busy: "spi1 CS1" holds it: set dtoverlay=spi1-1cs in config.txt and reboot, or choose another pin`},
		{newHostPin(consumed{pi.Pin("GPIO17"), "GPIO8", "spi0 CS0"}), syscall.EBUSY, true, `device or resource busy: "spi0 CS0" holds it: choose another pin`},
		{opened, syscall.EACCES, false, "permission denied" + group},
		{opened, syscall.EPERM, false, "operation not permitted" + group},
		{opened, syscall.EIO, false, "input/output error"},
		{opened, nil, false, ""},
	} {
		pi.Pin("GPIO17").SetFault(tt.fault)
		for call, err := range map[string]error{"out": tt.p.Out(gpio.Low), "in": tt.p.In(gpio.PullUp, gpio.NoEdge)} {
			want := fmt.Sprintf("sim: GPIO17: %s: %s", call, tt.want)
			if tt.fault == nil {
				want = "<nil>"
			}
			if got := fmt.Sprint(err); got != want || errors.Is(err, syscall.EBUSY) != tt.busy || !errors.Is(err, tt.fault) {
				t.Errorf("%s with %v:\n got %s, busy %t\nwant %s, busy %t", call, tt.fault, got, errors.Is(err, syscall.EBUSY), want, tt.busy)
			}
		}
	}
}

func TestHostOpensRegisteredPinsAndBuses(t *testing.T) {
	pi := sim.New(nil)
	if err := pi.Register(); err != nil {
		t.Fatal(err)
	}
	defer pi.Close()
	port, err := Host{}.OpenSPI("SPI0.0")
	if err != nil || port.String() != "SPI0.0" {
		t.Errorf("got %v, %v; want SPI0.0", port, err)
	}
	bus, err := Host{}.OpenI2C("I2C1")
	if err != nil || bus.String() != "I2C1" {
		t.Errorf("got %v, %v; want I2C1", bus, err)
	}
	if p, ok := (Host{}).DirectPin("GPIO17"); ok {
		t.Errorf("got %v past the kernel, want no pin that is not of the registers", p)
	}
	for name, open := range map[string]func() error{
		"SPI7.9": func() error { _, err := Host{}.OpenSPI("SPI7.9"); return err },
		"I2C79":  func() error { _, err := Host{}.OpenI2C("I2C79"); return err },
		"GPIO99": func() error { _, err := Host{}.OpenPin("GPIO99"); return err },
	} {
		want := map[string]string{
			"SPI7.9": noNode("/dev/spidev7.9", OnPi(), Explain("", "SPI7.9")).Error(),
			"I2C79":  noNode("/dev/i2c-79", OnPi(), Explain("", "I2C79")).Error(),
			"GPIO99": "GPIO99: this machine has no ",
		}[name]
		if err := open(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", name, err, want)
		}
	}
}

func TestMemoryIsRefusedOnPi5Only(t *testing.T) {
	t.Parallel()
	pi5, pi4 := []string{"raspberrypi,5-model-b", "brcm,bcm2712"}, []string{"raspberrypi,4-model-b", "brcm,bcm2711"}
	const (
		root   = "as root on a Pi 5, the GPIO driver would write to memory outside the GPIO: run hillock as a user in the groups gpio and spi"
		capped = "with CAP_SYS_RAWIO on a Pi 5, the GPIO driver would write to memory outside the GPIO: run hillock without that capability"
	)
	for _, tt := range []struct {
		compatible []string
		uid        int
		mem        bool // it may open /dev/mem
		want       string
	}{{pi5, 0, true, root}, {pi5, 1000, true, capped}, {pi5, 1000, false, "<nil>"}, {pi4, 0, true, "<nil>"}, {pi4, 1000, true, "<nil>"}, {nil, 0, true, "<nil>"}} {
		if got := fmt.Sprint(refuseMemory(tt.compatible, tt.uid, func() bool { return tt.mem })); got != tt.want {
			t.Errorf("%v as user %d, memory %v:\n got %s\nwant %s", tt.compatible, tt.uid, tt.mem, got, tt.want)
		}
	}
}

func TestStdinIsRestored(t *testing.T) {
	before, err := os.Stdin.Stat()
	if err != nil {
		t.Skip("SKIPPED: standard input over host.Init: the test was started without one")
	}
	restore, err := keepStdin()
	if err != nil {
		t.Fatal(err)
	}
	if err := restore(); err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stdin.Stat(); err != nil || !os.SameFile(before, after) {
		t.Errorf("got %v, %v; want the same standard input", after, err)
	}
}

func TestMissingPortHasRemedy(t *testing.T) {
	t.Parallel()
	const node = "/dev/spidev7.9"
	if _, err := os.Stat(node); err == nil {
		t.Skip("SKIPPED: a missing port: this machine has SPI7.9")
	}
	if got, want := portTrouble("SPI7.9", fs.ErrInvalid), noNode(node, OnPi(), Explain("", "SPI7.9")); got.Error() != want.Error() {
		t.Errorf("got %v, want %v", got, want)
	}
	for model, want := range map[string]string{
		"Raspberry Pi 5 Model B Rev 1.0": "this Pi has no /dev/spidev7.9: SPI is off: run 'sudo hillock setup'",
		"":                               "this machine has no /dev/spidev7.9: use --hw sim for the virtual Pi",
	} {
		got := noNode(node, model, Absence{Means: "SPI is off", Do: "run 'sudo hillock setup'"})
		if got.Error() != want {
			t.Errorf("%q: got %v, want %s", model, got, want)
		}
		if !errors.As(fmt.Errorf("input knob: %w", got), new(Absent)) {
			t.Errorf("%q: got %T, want it to be Absent", model, got)
		}
	}
}

// TestDirectPinFallsBackToTheProgram checks a pin without registers, with a program pinctrl in the path.
func TestDirectPinFallsBackToTheProgram(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("SKIPPED: the program pinctrl: Linux only")
	}
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	if p, ok := (Host{}).DirectPin("GPIO17"); ok {
		t.Fatalf("without the program: got %v, want none", p)
	}
	script := "#!/bin/sh\necho '17: ip    pd | hi // GPIO17 = input'\n"
	if err := os.WriteFile(filepath.Join(dir, "pinctrl"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	p, ok := (Host{}).DirectPin("GPIO17")
	if !ok || p.Pull() != gpio.PullDown || p.Read() != gpio.High {
		t.Errorf("got %v, %v, want the pin of the program", p, ok)
	}
}
