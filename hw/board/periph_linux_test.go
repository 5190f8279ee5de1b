package board

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpioreg"
	"periph.io/x/conn/v3/physic"
	"periph.io/x/conn/v3/spi"
	"periph.io/x/conn/v3/spi/spireg"
	"periph.io/x/host/v3"
	"periph.io/x/host/v3/bcm283x"
	"periph.io/x/host/v3/gpioioctl"

	"hillock/hw/kernelpi"
)

// TestKernelPeriph shows the behaviour of periph, under a real kernel, that this package works around. A failing part means
// that periph has changed: then the workaround can go.
func TestKernelPeriph(t *testing.T) {
	r := kernelpi.RunTests(t, "hillock/hw/board", "^TestPeriph", "ln -s gpiochip0 /dev/gpiochip4")
	if passed := strings.Count(r.Output, "--- PASS: TestPeriph"); r.Status != 0 || passed != 1+len(periphTests) {
		t.Errorf("got exit status %d and %d passed tests, want %d:\n%s", r.Status, passed, 1+len(periphTests), r.Output)
	}
}

func TestPeriph(t *testing.T) {
	if os.Getenv(kernelpi.InGuest) == "" {
		t.Skip("SKIPPED: periph under a real kernel: TestKernelPeriph runs it there")
	}
	for _, tt := range periphTests {
		if !t.Run(tt.name, tt.test) {
			t.Logf("periph is mended, or worse: see %s", tt.handled)
		}
	}
}

// panics reports whether f panics.
func panics(f func()) (yes bool) {
	defer func() { yes = recover() != nil }()
	f()
	return false
}

func kernelLineOf(t *testing.T, name string) *gpioioctl.GPIOLine {
	t.Helper()
	l, ok := gpioreg.ByName(name).(*gpioioctl.GPIOLine)
	if !ok {
		t.Fatalf("no line %s: %v", name, gpioreg.ByName(name))
	}
	return l
}

var periphTests = []struct {
	name    string
	handled string // by what
	test    func(t *testing.T)
}{
	{"host.Init closes file descriptor 0 where two nodes lead to one chip", "keepStdin", func(t *testing.T) {
		before, err := os.Stdin.Stat()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := host.Init(); err != nil {
			t.Fatal(err)
		}
		if after, err := os.Stdin.Stat(); err == nil && os.SameFile(before, after) {
			t.Error("got standard input kept")
		}
	}},
	{"an error of gpioioctl has the system's error as text alone", "is", func(t *testing.T) {
		set, err := gpioioctl.Chips[0].LineSet(gpioioctl.LineOutput, gpio.NoEdge, gpio.PullNoChange, "GPIO22")
		if err != nil {
			t.Fatal(err)
		}
		defer set.Close()
		l := kernelLineOf(t, "GPIO22")
		err = l.Out(gpio.High)
		if err == nil || errors.Is(err, syscall.EBUSY) || !is(err, syscall.EBUSY) {
			t.Errorf("got %v, want a text", err)
		}
		l.Close()
	}},
	{"after a failed first Out a line writes to file descriptor 0", "line.Line.refused", func(t *testing.T) {
		set, err := gpioioctl.Chips[0].LineSet(gpioioctl.LineOutput, gpio.NoEdge, gpio.PullNoChange, "GPIO23")
		if err != nil {
			t.Fatal(err)
		}
		l := kernelLineOf(t, "GPIO23")
		_ = l.Out(gpio.High)
		if err := l.Out(gpio.High); err == nil || is(err, syscall.EBUSY) {
			t.Errorf("got %v from the second Out, want another error than that the line is taken", err)
		}
		l.Close()
		if err := l.Out(gpio.High); err == nil || !is(err, syscall.EBUSY) {
			t.Errorf("got %v after Close, want the line asked for anew", err)
		}
		l.Close()
		if err := set.Close(); err != nil {
			t.Fatal(err)
		}
		if err := l.Out(gpio.High); err != nil {
			t.Errorf("got %v when it is free", err)
		}
		l.Close()
	}},
	{"Read makes an input of an output", "pulse.Pin, which keeps the level", func(t *testing.T) {
		l := kernelLineOf(t, "GPIO24")
		if err := l.Out(gpio.High); err != nil {
			t.Fatal(err)
		}
		if l.Read(); !strings.Contains(l.String(), `"Direction": "Input"`) {
			t.Errorf("got %s", l)
		}
		l.Close()
	}},
	{"WaitForEdge with a negative timeout does not wait for ever", "none: always pass a timeout", func(t *testing.T) {
		l := kernelLineOf(t, "GPIO25")
		if err := l.In(gpio.PullUp, gpio.BothEdges); err != nil {
			t.Fatal(err)
		}
		ended := make(chan bool)
		go func() { ended <- l.WaitForEdge(-1) }()
		select {
		case edge := <-ended:
			if edge {
				t.Error("got an edge")
			}
		case <-time.After(10 * time.Second):
			t.Error("got it waiting")
		}
		l.Close()
	}},
	{"a pin of bcm283x hides its line", "kernelLine", func(t *testing.T) {
		if _, ok := any(bcm283x.GPIO17).(interface{ Close() }); ok {
			t.Error("got a pin that can be given back")
		}
		want := headerPin{kernelLineOf(t, "GPIO17"), "GPIO17"}
		if got, _ := kernelLine("P1_11", bcm283x.GPIO17, gpioioctl.Chips); got != gpio.PinIO(want) {
			t.Errorf("got %v, want the kernel's line", got)
		}
	}},
	{"a line called PWM0_OUT stands in the way of an alias of bcm283x", "kernelLine, and retryRegisters", func(t *testing.T) {
		if err := gpioreg.Register(namedPin{kernelLineOf(t, "GPIO26"), "PWM0_OUT"}); err != nil {
			t.Fatal(err)
		}
		if err := gpioreg.RegisterAlias("PWM0_OUT", "PWM0"); err == nil {
			t.Error("got an alias over a pin")
		}
	}},
	{"a port panics on Tx after Close, and on a second Close", "chip.close", func(t *testing.T) {
		port, err := spireg.Open("SPI0.0")
		if err != nil {
			t.Fatal(err)
		}
		c, err := port.Connect(physic.MegaHertz, spi.Mode0, 8)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Tx([]byte{1, 128, 0}, make([]byte, 3)); err != nil {
			t.Fatal(err)
		}
		if err := port.Close(); err != nil {
			t.Fatal(err)
		}
		if !panics(func() { _ = c.Tx([]byte{1, 128, 0}, make([]byte, 3)) }) || !panics(func() { _ = port.Close() }) {
			t.Error("got no panic")
		}
	}},
}

// namedPin is a pin with another name.
type namedPin struct {
	gpio.PinIO
	name string
}

func (p namedPin) Name() string { return p.name }
