package bias

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/host/v3"
	"periph.io/x/host/v3/gpioioctl"

	"hillock/hw/internal/request"
	"hillock/hw/kernelpi"
)

// TestKernelBias runs TestInGuest under a real kernel.
func TestKernelBias(t *testing.T) {
	r := kernelpi.RunTests(t, "hillock/hw/bias", "^TestInGuest$", "")
	if r.Status != 0 || !strings.Contains(r.Output, "--- PASS: TestInGuest") {
		t.Errorf("got exit status %d:\n%s", r.Status, r.Output)
	}
}

// flags returns the flags of a line as the kernel reports them.
func flags(t *testing.T, chip string, line uint32) uint64 {
	t.Helper()
	f, err := os.Open(chip)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := request.About(f, line)
	if err != nil {
		t.Fatal(err)
	}
	return info.Flags
}

func TestInGuest(t *testing.T) {
	if os.Getenv(kernelpi.InGuest) == "" {
		t.Skip("SKIPPED: needs a real kernel: TestKernelBias runs it")
	}
	if _, err := host.Init(); err != nil {
		t.Fatal(err)
	}
	const used, bias = 1 << 0, 7 << 8 // the three flags of a bias
	chip := gpioioctl.Chips[0]
	line := chip.ByName("GPIO17")
	at := func() uint64 { return flags(t, chip.Path(), uint32(line.Number())) }

	// The reason for this package: Float alone sets no bias flag.
	if err := line.In(gpio.Float, gpio.NoEdge); err != nil || at()&bias != 0 {
		t.Errorf("gpioioctl's Float: got %v, flags %#x: periph works now, and this package can be removed", err, at())
	}
	if err := Off(line); !errors.Is(err, syscall.EBUSY) {
		t.Errorf("a line in use: got %v, want %v", err, syscall.EBUSY)
	}
	line.Close()

	release, err := unpull(chip.Path(), uint32(line.Number()))
	if err != nil {
		t.Fatal(err)
	}
	if got := at(); got&bias != request.PullOff || got&request.Input == 0 {
		t.Errorf("requested: got flags %#x, want an input with its bias disabled", got)
	}
	if err := release(); err != nil || at()&used != 0 {
		t.Errorf("released: got %v, flags %#x, want it free", err, at())
	}
	for range 2 { // twice
		if err := Off(line); err != nil || at()&used != 0 {
			t.Errorf("got %v, flags %#x, want it free", err, at())
		}
	}
	if err := line.Out(gpio.High); err != nil {
		t.Errorf("afterwards: got %v", err)
	}
	line.Close()

	if _, err := unpull("/dev/gpiochip99", 0); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("unknown chip: got %v, want %v", err, fs.ErrNotExist)
	}
}
