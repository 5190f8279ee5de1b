package doctor_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/gpio"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/doctor"
	"hillock/hw/part"
	"hillock/hw/sim"
)

// meanwhile calls f every d, for half a minute: longer than the check.
func meanwhile(d time.Duration, f func(i int)) {
	go func() {
		for i := range int(30 * time.Second / d) {
			time.Sleep(d)
			f(i)
		}
	}()
}

// disturbed returns the findings in words on the configuration wired, on a virtual Pi that prepare disturbs meanwhile.
func disturbed(t *testing.T, prepare func(*board.Virtual)) (found string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		cfg, err := config.Parse("xor.toml", []byte(wired), nil, part.Kinds())
		if err != nil {
			t.Fatal(err)
		}
		v, err := board.NewVirtual(cfg, nil)
		if err != nil {
			t.Fatal(err)
		}
		prepare(v)
		c, err := (&doctor.Bench{Config: cfg, Pi: v}).Connectome(t.Context(), func(doctor.Jumper) {})
		if err != nil {
			t.Error(err)
		}
		found = strings.Join(texts(c.Findings), "\n")
		time.Sleep(time.Minute) // until the disturbance ends
	})
	return found
}

// An output of another board at an output of this one: this one stays an input.
func TestDrivenOutputIsNotPulsed(t *testing.T) {
	t.Parallel()
	got := disturbed(t, func(v *board.Virtual) {
		connect(t, v, "27-23")
		other := v.Pi.Beside()
		if err := sim.Join(other.Pin("GPIO6"), v.Pin("GPIO17")); err != nil {
			t.Fatal(err)
		}
		meanwhile(20*time.Millisecond, func(i int) {
			if err := other.Pin("GPIO6").Out(gpio.Level(i%2 == 0)); err != nil {
				t.Error(err)
			}
		})
	})
	const want = "edges in 250 ms | an output of another board is at this output: two outputs would drive one wire | move the other end of its wire from GPIO17 (header pin 11) to an input"
	if !strings.HasPrefix(got, "red: GPIO17 (header pin 11) is driven from outside, and was not pulsed: ") || !strings.HasSuffix(got, want) {
		t.Errorf("got %s, want ... %s", got, want)
	}
}

func TestLooseContactOfAWireIsNamed(t *testing.T) {
	t.Parallel()
	got := disturbed(t, func(v *board.Virtual) {
		connect(t, v, "17-22 27-23")
		meanwhile(100*time.Millisecond, func(i int) {
			if i%3 == 0 {
				_ = v.Disconnect("GPIO17", "GPIO22")
			} else {
				_ = v.Connect("GPIO17", "GPIO22")
			}
		})
	})
	const want = "edges of red | a contact of the wire is loose | push in both ends of the wire from GPIO17 (header pin 11) to GPIO22 (header pin 15)"
	if !strings.HasPrefix(got, "one: GPIO22 (header pin 15) hears ") || !strings.HasSuffix(got, want) {
		t.Errorf("got %s, want ... %s", got, want)
	}
}
