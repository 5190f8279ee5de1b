package fault

import (
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"hillock/config"
	"hillock/hw/doctor"
	"hillock/hw/part"
)

// wired has two jumper wires between its pins.
const wired = `
[input.one]
driver = "edge"
pin = "GPIO22"
from = "red"
[input.two]
driver = "edge"
pin = "GPIO23"
from = "green"
[neuron.a]
[synapse.s]
from = ["one", "two"]
to = "a"
kind = "delta"
weight = "16 mV"
delay = "1 ms"
[output.red]
driver = "pulse"
pin = "GPIO17"
neuron = "a"
[output.green]
driver = "pulse"
pin = "GPIO27"
neuron = "a"
`

func parsed(t *testing.T, text string) *config.Config {
	t.Helper()
	cfg, err := config.Parse("", []byte(text), nil, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestDoctorNamesFaultsOfJumperWires(t *testing.T) {
	t.Parallel()
	const first, second = "GPIO22 (header pin 15) does not hear red", "GPIO23 (header pin 16) does not hear green"
	for _, tt := range []struct {
		fault, id string
		want      []string
	}{
		{"jumper loose", "jumper-loose", []string{"one: " + first, "two: " + second}},
		{"jumper one loose", "jumper-one-loose", []string{"one: " + first}},
		{"jumper one in GPIO25", "jumper-one-in-gpio25", []string{"one: red arrives at GPIO25 (header pin 22), a free pin, and not at GPIO22 (header pin 15)"}},
		{"jumper one in GPIO23 + jumper two in GPIO22", "jumper-one-in-gpio23+jumper-two-in-gpio22", []string{
			"one: GPIO22 (header pin 15) hears green, and red arrives at GPIO23 (header pin 16)",
			"two: GPIO23 (header pin 16) hears red, and green arrives at GPIO22 (header pin 15)",
		}},
		{"jumper two in GPIO22", "jumper-two-in-gpio22", []string{
			"one: GPIO22 (header pin 15) hears green and red",
			"two: green arrives at GPIO22 (header pin 15), the pin of input one, and not at GPIO23 (header pin 16)",
		}},
	} {
		t.Run(tt.id, func(t *testing.T) {
			cfg := parsed(t, wired)
			f, byID := named(t, tt.fault), named(t, tt.id)
			if f.Name != tt.fault || f.ID != tt.id || byID.Name != tt.fault {
				t.Errorf("got %q, %q, and by its ID %q", f.Name, f.ID, byID.Name)
			}
			synctest.Test(t, func(t *testing.T) {
				var got []string
				if err := Consult(t.Context(), f, cfg, func(found doctor.Finding) {
					if found.Result == doctor.Failed {
						got = append(got, found.Check+": "+found.Seen)
					}
				}); err != nil {
					t.Error(err)
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestFaultOfAJumperWireNeedsTheWire(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"jumper loose": "a jumper wire between two of its pins", "jumper one in GPIO25": "a jumper wire to input one"} {
		if got := named(t, name).Lacks(config.Default(part.Kinds())); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}
