package board

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"periph.io/x/conn/v3/gpio"

	"hillock/hw/edge"
	"hillock/hw/kernelpi"
)

// TestKernelEdges runs TestEdgesInGuest under a real kernel.
func TestKernelEdges(t *testing.T) {
	r := kernelpi.RunTests(t, "hillock/hw/board", "^TestEdgesInGuest$", "")
	if r.Status != 0 || !strings.Contains(r.Output, "--- PASS: TestEdgesInGuest") {
		t.Errorf("got exit status %d:\n%s", r.Status, r.Output)
	}
}

// TestHoldsInGuest is a program: it holds GPIO23 until the end of its input.
func TestHoldsInGuest(t *testing.T) {
	if os.Getenv("HILLOCK_TEST_HOLDS") == "" {
		t.Skip("SKIPPED: a program of TestEdgesInGuest")
	}
	p, err := edge.Open("/dev/gpiochip0", []uint32{23}, []edge.Line{{Pin: "GPIO23", Rising: true}})
	fmt.Println("holds", err)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
	_ = p.Close() // the program ends
}

func TestEdgesInGuest(t *testing.T) {
	if os.Getenv(kernelpi.InGuest) == "" {
		t.Skip("SKIPPED: under a real kernel: TestKernelEdges runs it there")
	}
	host, err := Real()
	if err != nil {
		t.Fatal(err)
	}
	t.Run("a pin in use names its holder", func(t *testing.T) { holderOfOneOfThree(t, host) })
	t.Run("short pulses are spikes", func(t *testing.T) { shortPulses(t, host) })
	t.Run("no file stays open", func(t *testing.T) { openFiles(t, host) })
}

// holderOfOneOfThree holds one pin of three by another program, started after this one: periph knows the holders at its start only.
func holderOfOneOfThree(t *testing.T, host Host) {
	other := exec.Command(os.Args[0], "-test.run", "^TestHoldsInGuest$")
	other.Env = append(os.Environ(), "HILLOCK_TEST_HOLDS=1")
	in, err1 := other.StdinPipe()
	out, err2 := other.StdoutPipe()
	if err := errors.Join(err1, err2, other.Start()); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "holds <nil>\n" {
		t.Fatalf("got %q, %v", line, err)
	}
	want := fmt.Sprintf(`GPIO23: gpio line request: device or resource busy: "hillock@%d" holds it: stop that program, or choose another pin`, other.Process.Pid)
	lines := []edge.Line{{Pin: "GPIO22", Rising: true, Pull: gpio.PullDown}, {Pin: "GPIO23", Rising: true, Pull: gpio.PullDown}, {Pin: "GPIO24", Falling: true, Pull: gpio.PullUp}}
	for _, some := range [][]edge.Line{lines, lines[1:2]} {
		if p, err := host.OpenEdges(some); p != nil || err == nil || err.Error() != want || !errors.Is(err, syscall.EBUSY) {
			t.Errorf("%d lines: got %v\nwant %s", len(some), err, want)
		}
	}
	inputs := edge.New(host.OpenEdges, edge.Opts{Pin: "GPIO22"}, edge.Opts{Pin: "GPIO23"}, edge.Opts{Pin: "GPIO24"})
	clock := time.Now()
	inputs.On(func() time.Duration { return time.Since(clock) })
	if err := inputs.Fault(1); inputs.Fault(0) != nil || inputs.Fault(2) != nil || err == nil || err.Error() != want {
		t.Errorf("got %v, %v, %v", inputs.Fault(0), err, inputs.Fault(2))
	}
	if err := errors.Join(in.Close(), other.Wait()); err != nil {
		t.Fatal(err)
	}
	for range 30 {
		time.Sleep(100 * time.Millisecond) // virtual time: it takes none
		inputs.Read(time.Since(clock), func(int, time.Duration, float64) {})
	}
	if err := inputs.Fault(1); err != nil {
		t.Errorf("after the end of the other program: got %v", err)
	}
	if err := inputs.Close(); err != nil {
		t.Error(err)
	}
}

// shortPulses are shorter than a jiffy: the kernel then reports one edge, and names it by the level after the pulse.
func shortPulses(t *testing.T, host Host) {
	for _, o := range []edge.Opts{{Pin: "GPIO22", Pull: gpio.PullDown, Dead: 2 * time.Millisecond}, {Pin: "GPIO22", Pull: gpio.PullDown}} {
		inputs := edge.New(host.OpenEdges, o)
		if err := inputs.Fault(0); err != nil {
			t.Fatal(err)
		}
		clock := time.Now()
		inputs.On(func() time.Duration { return time.Since(clock) })
		spikes := 0
		read := func() {
			time.Sleep(25 * time.Millisecond)
			inputs.Read(time.Since(clock), func(int, time.Duration, float64) { spikes++ })
		}
		read()
		for range 3 {
			outside(t, 22, "pull-up")
			read()
			outside(t, 22, "pull-down")
			read()
		}
		if spikes != 3 {
			t.Errorf("%+v: got %d spikes of long pulses, want 3", o, spikes)
		}
		for range 5 {
			outside(t, 22, "pull-up")
			outside(t, 22, "pull-down")
			read()
		}
		if spikes != 3+5 {
			t.Errorf("%+v: got %d spikes of short pulses, want 5", o, spikes-3)
		}
		if err := inputs.Close(); err != nil {
			t.Error(err)
		}
	}
}

// outside sets the pull of a line of the kernel's gpio-sim.
func outside(t *testing.T, pin int, pull string) {
	t.Helper()
	names, _ := filepath.Glob(fmt.Sprintf("/sys/devices/platform/gpio-sim.*/gpiochip*/sim_gpio%d/pull", pin))
	if len(names) != 1 {
		t.Fatalf("got %q, want a file", names)
	}
	if err := os.WriteFile(names[0], []byte(pull), 0); err != nil {
		t.Fatal(err)
	}
}

func openFiles(t *testing.T, host Host) {
	count := func() int {
		files, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(files)
	}
	before := count()
	for range 20 {
		p, err := host.OpenEdges([]edge.Line{{Pin: "GPIO22", Rising: true}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := host.OpenEdges([]edge.Line{{Pin: "GPIO24", Rising: true}, {Pin: "GPIO22", Rising: true}}); !errors.Is(err, syscall.EBUSY) {
			t.Errorf("got %v, want %v", err, syscall.EBUSY)
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		if err := p.Close(); !errors.Is(err, os.ErrClosed) {
			t.Errorf("a second Close: got %v, want %v", err, os.ErrClosed)
		}
		if _, err := p.Read(make([]edge.Edge, 1)); !errors.Is(err, os.ErrClosed) {
			t.Errorf("Read after Close: got %v, want %v", err, os.ErrClosed)
		}
	}
	if after := count(); after != before {
		t.Errorf("got %d open files, want %d", after, before)
	}
}
