package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/gpio"
	periph "periph.io/x/host/v3"
	"periph.io/x/host/v3/gpioioctl"

	"hillock/hw/kernelpi"
)

// TestKernelPins runs TestInGuest under a real kernel.
func TestKernelPins(t *testing.T) {
	r := kernelpi.RunTests(t, "hillock/hw/doctor", "^TestInGuest$", "")
	if r.Status != 0 || !strings.Contains(r.Output, "--- PASS: TestInGuest") {
		t.Errorf("got exit status %d:\n%s", r.Status, r.Output)
	}
}

func TestInGuest(t *testing.T) {
	if os.Getenv(kernelpi.InGuest) == "" {
		t.Skip("SKIPPED: under a real kernel: TestKernelPins runs it there")
	}
	if _, err := periph.Init(); err != nil {
		t.Fatal(err)
	}
	line := gpioioctl.Chips[0].ByName("GPIO17")
	look := func() []Finding { return Here().pins(desk()) }
	unread := Finding{"pins", Skipped, "not checked: 'pinctrl get' does not report the function of GPIO10, GPIO11, GPIO9", "", ""} // no such program there
	free := []Finding{{"pins", Passed, "free: GPIO17", "", ""}, unread}

	for range 2 { // the check leaves the line free
		if diff := cmp.Diff(free, look()); diff != "" {
			t.Errorf("free (-want +got):\n%s", diff)
		}
	}
	if err := line.Out(gpio.High); err != nil {
		t.Fatal(err)
	}
	held := []Finding{{"GPIO17", Failed, fmt.Sprintf(`held by "%s@%d"`, filepath.Base(os.Args[0]), os.Getpid()), "'hillock run' cannot use it for output led",
		"stop that program, remove its overlay from config.txt, or choose another pin"}, unread}
	if diff := cmp.Diff(held, look()); diff != "" {
		t.Errorf("held (-want +got):\n%s", diff)
	}
	values, _ := filepath.Glob("/sys/devices/platform/gpio-sim.*/gpiochip*/sim_gpio17/value")
	if len(values) != 1 {
		t.Fatalf("got %q, want the level of line 17", values)
	}
	if level, err := os.ReadFile(values[0]); string(level) != "1\n" {
		t.Errorf("got a level of %q, %v, want it left high", level, err)
	}
	line.Close()
	if diff := cmp.Diff(free, look()); diff != "" {
		t.Errorf("released (-want +got):\n%s", diff)
	}

	if _, err := holders("/dev/gpiochip99"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no such chip: got %v, want %v", err, fs.ErrNotExist)
	}
	if _, err := holders("/dev/null"); !errors.Is(err, syscall.ENOTTY) || err.Error() != "/dev/null: gpio chip info: inappropriate ioctl for device" {
		t.Errorf("no chip: got %v, want %v", err, syscall.ENOTTY)
	}
}

// The size is a part of the ioctl's number.
func TestInfoSize(t *testing.T) {
	if got := unsafe.Sizeof(chipInfo{}); got != 68 {
		t.Errorf("got %d bytes, want 68", got)
	}
}
