package show

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/gpio"

	"hillock/cmd/hillock/internal/session"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/clock"
	"hillock/hw/part"
	"hillock/hw/sim"
	"hillock/neuron"
)

const ms = time.Millisecond

// onVirtualPi returns the built-in configuration with changes, in real time on a virtual Pi.
func onVirtualPi(t *testing.T, sets ...string) (*config.Config, *clock.Real, *board.Virtual) {
	t.Helper()
	cfg, err := config.Load("", append(sets, "loop.speed=1", "loop.realtime=off"), part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	realTime := clock.New()
	virtual, err := board.NewVirtual(cfg, realTime)
	if err != nil {
		t.Fatal(err)
	}
	return cfg, realTime, virtual
}

func TestRunLeavesThePinsLow(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		prepare func(*session.Options, *Options, *sim.Pin, context.CancelFunc)
		want    string // the error
	}{
		{"the duration is over", func(s *session.Options, _ *Options, _ *sim.Pin, _ context.CancelFunc) { s.Duration = 50 * ms }, "<nil>"},
		{"a signal", func(_ *session.Options, _ *Options, pin *sim.Pin, cancel context.CancelFunc) {
			go func() {
				for pin.EdgeCount() == 0 {
					runtime.Gosched()
				}
				cancel()
			}()
		}, "<nil>"},
		{"the summary cannot be written", func(s *session.Options, o *Options, _ *sim.Pin, _ context.CancelFunc) {
			s.Duration, o.Summary = 50*ms, filepath.Join(t.TempDir(), "none", "s.json")
		}, "no such file or directory"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg, realTime, virtual := onVirtualPi(t, "output.led.width=1 min", "input.knob.current=[\"5 nA\", \"6 nA\"]")
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var out strings.Builder
			s, o := session.Options{RealTime: realTime}, Options{Out: &out, Err: io.Discard}
			pin := virtual.Pin("GPIO17")
			tt.prepare(&s, &o, pin, cancel)
			if err := Run(ctx, cfg, session.Hardware{Pi: virtual, Virtual: virtual, Where: "the virtual Pi"}, s, o); !strings.HasSuffix(fmt.Sprint(err), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			if !strings.Contains(out.String(), "on GPIO17") {
				t.Errorf("got %q, want the summary in any case", out.String())
			}
			levels := []gpio.Level{}
			for _, e := range pin.Edges() {
				levels = append(levels, e.Level)
			}
			if diff := cmp.Diff([]gpio.Level{gpio.High, gpio.Low}, levels); diff != "" {
				t.Errorf("the pin of a pulse that is longer than the run (-want +got):\n%s", diff)
			}
		})
	}
}

// freer frees a pin at the first tick.
type freer struct{ pin *sim.Pin }

func (f freer) Tick(neuron.Tick) { f.pin.SetFault(nil) }

// TestHeldPinIsAnError checks the end of a run with an LED in use by another program, and of one with an LED released in time.
func TestHeldPinIsAnError(t *testing.T) {
	t.Parallel()
	const held = "output led: the LED was dark at the end of the run: GPIO17 refused"
	for want, frees := range map[string]bool{held: false, "<nil>": true} {
		cfg, err := config.Load("", []string{"loop.speed=1", "loop.realtime=off"}, part.Kinds())
		if err != nil {
			t.Fatal(err)
		}
		realTime := clock.New()
		virtual, err := board.NewVirtual(cfg, realTime)
		if err != nil {
			t.Fatal(err)
		}
		pin := virtual.Pin("GPIO17")
		pin.SetFault(syscall.EBUSY)
		s := session.Options{RealTime: realTime, Duration: 100 * ms}
		if frees {
			s.Observers = []neuron.Observer{freer{pin}}
		}
		var out strings.Builder
		err = Run(t.Context(), cfg, session.Hardware{Pi: virtual, Virtual: virtual, Where: "the virtual Pi"}, s, Options{Out: &out, Err: io.Discard})
		if fmt.Sprint(err) != want || strings.Contains(out.String(), "led        refused: ") == frees {
			t.Errorf("got %v, want %s; and the summary\n%s", err, want, out.String())
		}
	}
}
