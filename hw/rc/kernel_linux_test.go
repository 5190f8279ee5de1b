package rc_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/host/v3"
	"periph.io/x/host/v3/gpioioctl"

	"hillock/hw/kernelpi"
	"hillock/hw/rc"
)

// TestKernelRC runs TestInGuest under a real kernel.
func TestKernelRC(t *testing.T) {
	r := kernelpi.RunTests(t, "hillock/hw/rc", "^TestInGuest$", "")
	if r.Status != 0 || !strings.Contains(r.Output, "--- PASS: TestInGuest") {
		t.Errorf("got exit status %d:\n%s", r.Status, r.Output)
	}
}

// charging is a line of gpio-sim that behaves like a capacitor: after a low output, it goes high some time after In.
// gpio-sim keeps the level of an output until then.
type charging struct {
	*gpioioctl.GPIOLine
	after time.Duration
	lift  func()
	low   bool // since the last In
}

func (c *charging) Out(l gpio.Level) error {
	c.low = true
	return c.GPIOLine.Out(l)
}

func (c *charging) In(pull gpio.Pull, edge gpio.Edge) error {
	err := c.GPIOLine.In(pull, edge)
	if c.low {
		time.AfterFunc(c.after, c.lift)
	}
	c.low = false
	return err
}

// On periph's gpioioctl, the kernel's character device and the real clock.
func TestInGuest(t *testing.T) {
	if os.Getenv(kernelpi.InGuest) == "" {
		t.Skip("SKIPPED: needs a real kernel: TestKernelRC runs it")
	}
	if _, err := host.Init(); err != nil {
		t.Fatal(err)
	}
	pulls, err := filepath.Glob("/sys/devices/platform/gpio-sim.*/gpiochip*/sim_gpio17/pull")
	if err != nil || len(pulls) != 1 {
		t.Fatal(pulls, err)
	}
	pull := func(to string) {
		if err := os.WriteFile(pulls[0], []byte(to), 0o644); err != nil {
			t.Error(err)
		}
	}
	line := gpioioctl.Chips[0].ByName("GPIO17")

	d, err := rc.New(line, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s, err := d.Read(); !errors.Is(err, rc.ErrNeverHigh) {
		t.Errorf("nothing on the line: got %v, %v, want %v", s, err, rc.ErrNeverHigh)
	}
	if err := d.Halt(); err != nil || line.Consumer() != "" {
		t.Errorf("after Halt: got %v and the line held by %q", err, line.Consumer())
	}

	// Ends far apart, so that the interval of a slow guest counts.
	const after = 20 * time.Millisecond
	lifted := &charging{GPIOLine: line, after: after, lift: func() { pull("pull-up") }}
	d, err = rc.New(lifted, &rc.Opts{Ends: [2]time.Duration{10 * time.Millisecond, 500 * time.Millisecond}, Charges: 1})
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.Read()
	if got := time.Duration(s.Raw); err != nil || got < after-16*time.Millisecond || got > 10*after {
		t.Errorf("lifted after %v: got %v, %v", after, got, err)
	}
	if err := d.Halt(); err != nil || line.Consumer() != "" {
		t.Errorf("after Halt: got %v and the line held by %q", err, line.Consumer())
	}
}
