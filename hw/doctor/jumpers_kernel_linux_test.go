package doctor_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/doctor"
	"hillock/hw/kernelpi"
	"hillock/hw/part"
)

// TestKernelJumpers runs TestJumpersInGuest under a real kernel.
func TestKernelJumpers(t *testing.T) {
	t.Parallel()
	r := kernelpi.RunTests(t, "hillock/hw/doctor", "^TestJumpersInGuest$", "")
	if r.Status != 0 || !strings.Contains(r.Output, "--- PASS: TestJumpersInGuest") {
		t.Errorf("got exit status %d:\n%s", r.Status, r.Output)
	}
}

// simPin returns a file of a pin of the kernel's gpio-sim.
func simPin(t *testing.T, pin int, name string) string {
	t.Helper()
	files, err := filepath.Glob(fmt.Sprintf("/sys/devices/platform/gpio-sim.*/gpiochip*/sim_gpio%d/%s", pin, name))
	if err != nil || len(files) != 1 {
		t.Fatalf("got %v, %v, want one file", files, err)
	}
	return files[0]
}

// wire makes a pin follow another one until stop is closed, as a jumper wire does.
func wire(from, to string, stop chan struct{}, ended chan error) {
	before := ""
	for {
		select {
		case <-stop:
			ended <- nil
			return
		case <-time.After(time.Millisecond):
		}
		level, err := os.ReadFile(from)
		if now := string(level); err == nil && now != before {
			before = now
			err = os.WriteFile(to, []byte(map[string]string{"0\n": "pull-down", "1\n": "pull-up"}[now]), 0)
		}
		if err != nil {
			ended <- err
			<-stop
			return
		}
	}
}

func TestJumpersInGuest(t *testing.T) {
	if os.Getenv(kernelpi.InGuest) == "" {
		t.Skip("SKIPPED: needs a real kernel: TestKernelJumpers runs it")
	}
	host, err := board.Real()
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Parse("xor.toml", []byte(wired), nil, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	stop, ended := make(chan struct{}), make(chan error, 1)
	go wire(simPin(t, 17, "value"), simPin(t, 25, "pull"), stop, ended)
	b := &doctor.Bench{Config: cfg, Pi: host, Unit: 45 * time.Millisecond} // a wire and an edge wait for the next of the kernel's jiffies of 10 ms
	c, err := b.Connectome(t.Context(), func(doctor.Jumper) {})
	close(stop)
	if err != nil || <-ended != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]doctor.Jumper{{Output: "red", From: "GPIO17", To: "GPIO25"}}, c.Jumpers); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	want := []string{
		"one: red arrives at GPIO25 (header pin 22), a free pin, and not at GPIO22 (header pin 15) | xor wants red -> GPIO22, yours is in GPIO25 | move the wire from GPIO25 (header pin 22) to GPIO22 (header pin 15)",
		"two: GPIO23 (header pin 16) does not hear green | the wire is loose or missing, or an end is in a hole that is no free pin | connect GPIO27 (header pin 13) to GPIO23 (header pin 16)",
	}
	if diff := cmp.Diff(want, texts(c.Findings)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if holders := doctor.Here().Held(); holders["GPIO17"]+holders["GPIO25"]+holders["GPIO22"] != "" {
		t.Errorf("got the pins held by %v, want them free", holders)
	}
	if level, err := os.ReadFile(simPin(t, 17, "value")); string(level) != "0\n" {
		t.Errorf("got a level of %q, %v, want the output low", level, err)
	}
}
