package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"hillock/hw/qemupi"
	"hillock/neuron"
)

// nA returns the current of the built-in knob at a code of the MCP3008.
func nA(code int) float64 { return 5 * (float64(code) / 1023) }

// TestPiRuns compares runs with the equation, the pins with the run as the scope saw them, and the reads with the counters of
// spi-bcm2835.
func TestPiRuns(t *testing.T) {
	eachPi(t, func(t *testing.T, b qemupi.Board) {
		parts := []piPart{piKnob(), piInterrupts(), piCapacitor(), piADS1115(), piLEDs()}
		for _, code := range []int{0, 306, 307, 438, 640} {
			parts = append(parts, piCode(b, code))
		}
		bootParts(t, qemupi.Guest{Board: b, Tree: qemupi.RaspberryPiOS, Arguments: keepLevels}, parts)
	})
}

// counted runs for half a second and prints the transfers of spi-bcm2835: one for each tick.
const counted = `
polled=$(counters polling) waited=$(counters irq); run --duration 500ms %s; status=$?
echo "$(($(counters polling) - polled)) polled, $(($(counters irq) - waited)) by interrupt"; ( exit $status )`

// piCode runs at a code from 0 to 1023. The rheobase is between 306 and 307.
func piCode(b qemupi.Board, code int) piPart {
	return piPart{fmt.Sprintf("code %d", code), fmt.Sprintf("knob %d"+counted, code, ""), func(t *testing.T, g *guest) {
		const ticks = 500
		p, s := neuron.Default(), g.summary()
		want := p.SpikeCount(nA(code), 10*ticks)
		if g.Status != 0 || s.Ticks != ticks || s.SkippedMs != 0 || s.ReadErrors != 0 || s.Neurons[0].Spikes != want {
			t.Errorf("got exit status %d and %+v, want %d ticks and %d spikes", g.Status, s, ticks, want)
		}
		if len(s.Outputs) != 1 || s.Outputs[0].Pin != "GPIO17" || s.Outputs[0].Pulses != want || s.Outputs[0].Failed != 0 {
			t.Errorf("got outputs %+v, want one on GPIO17 with %d pulses", s.Outputs, want)
		}
		g.wants(fmt.Sprintf(`msg="run begins" where=%q configuration="built-in configuration" speed=1`, piModel(b)))
		if want := "500 polled, 0 by interrupt\n"; !strings.Contains(g.Output, want) {
			t.Errorf("got no %q: below 1.2 MHz, the driver does not poll 3 bytes", want)
		}
		t.Logf("median of the reads: %g us", g.summary().Read.P50)
		up, down := g.pulses()
		if int64(len(up)) != want || len(down) != len(up) {
			t.Fatalf("the scope saw GPIO17 rise %d times and fall %d times, want %d", len(up), len(down), want)
		}
		inPlace(t, code, up, down)
	}}
}

// inPlace compares pulses with the ticks of the predicted spikes, and their width with 5 ms. An emulated CPU runs while others wait, so
// that some ticks are late: the median counts.
func inPlace(t *testing.T, code int, up, down []time.Duration) {
	t.Helper()
	p := neuron.Default()
	first, ok := p.StepsToThreshold(p.Rest(), nA(code))
	if !ok {
		return
	}
	each, _ := p.StepsBetweenSpikes(nA(code))
	tick := func(i int) time.Duration { return time.Duration((first+int64(i)*each+9)/10) * ms }
	var place, width []time.Duration
	for i := range up {
		place = append(place, up[i]-tick(i))
		width = append(width, down[i]-up[i])
	}
	start := median(place)
	for i := range place {
		place[i] = (place[i] - start).Abs()
	}
	const tolerance = 250 * time.Microsecond
	if got := median(place); got > tolerance {
		t.Errorf("code %d: half of the pulses are %v or more from their place, want up to %v", code, got, tolerance)
	}
	if got := median(width); (got - 5*ms).Abs() > tolerance {
		t.Errorf("code %d: the median width is %v, want 5 ms to %v", code, got, tolerance)
	}
	t.Logf("code %d: median deviation %v, median width %v", code, median(place), median(width))
}

func median(times []time.Duration) time.Duration {
	return slices.Sorted(slices.Values(times))[len(times)/2]
}

func piKnob() piPart {
	return piPart{"turned knob", `
knob 0; start --duration 3500ms; sleep 0.4
for code in 438 0 584 640; do knob $code; mark $code; sleep 0.75; done
wait $pid`, func(t *testing.T, g *guest) {
		p, marks := neuron.Default(), g.marks()
		up, _ := g.pulses()
		for _, code := range []int{438, 0, 584, 640} {
			from := marks[strconv.Itoa(code)] + 200*ms // V has reached its cycle
			want := int(p.DiscreteRate(nA(code)) * 0.5)
			if got := between(up, from, from+500*ms); got < want || got > want+1 {
				t.Errorf("code %d: the scope saw %d pulses in 0.5 s, want %d or %d", code, got, want, want+1)
			}
		}
		if s := g.summary(); g.Status != 0 || int64(len(up)) != s.Neurons[0].Spikes {
			t.Errorf("got exit status %d and %d pulses, want a pulse for each of %d spikes", g.Status, len(up), s.Neurons[0].Spikes)
		}
	}}
}

// spi-bcm2835 polls transfers shorter than 30 us: clock/300000 bytes.
func piInterrupts() piPart {
	return piPart{"reads at 1 MHz wait for interrupts", fmt.Sprintf("knob 438"+counted, `"--set 'input.knob.clock=\"1 MHz\"'"`), func(t *testing.T, g *guest) {
		if want := "0 polled, 500 by interrupt\n"; !strings.Contains(g.Output, want) || g.Status != 0 {
			t.Errorf("got exit status %d, want 0 and %q", g.Status, want)
		}
		t.Logf("median of the reads: %g us", g.summary().Read.P50)
	}}
}

func piCapacitor() piPart {
	return piPart{"capacitor", piConfig("rc", "driver = \"rc\"\npin = \"GPIO4\"\nends = [\"1 ms\", \"9 ms\"]", "") + `
capacitor 4 5000; run /tmp/rc.toml --duration 500ms; rc=$?; capacitor 255 0; ( exit $rc )`, func(t *testing.T, g *guest) {
		s := g.summary()
		up, down := g.pulses()
		if g.Status != 0 || s.ReadErrors != 0 || int64(len(up)) != s.Neurons[0].Spikes || len(down) != len(up) || len(up) == 0 {
			t.Errorf("got exit status %d, %d pulses and %+v, want a pulse for each spike", g.Status, len(up), s)
		}
		if got := s.Neurons[0].CurrentNA; math.Abs(got-2.5) > 0.05 { // half of the way from 1 ms to 9 ms
			t.Errorf("got %g nA, want 2.5 nA to 2 %%", got)
		}
	}}
}

func piADS1115() piPart {
	return piPart{"ads1115", piConfig("ads", `driver = "ads1115"`, "") + `
knob 438; run /tmp/ads.toml --duration 500ms`, func(t *testing.T, g *guest) {
		s := g.summary()
		up, down := g.pulses()
		if g.Status != 0 || s.ReadErrors != 0 || int64(len(up)) != s.Neurons[0].Spikes || len(down) != len(up) || s.Neurons[0].PredictedSpikes == nil || *s.Neurons[0].PredictedSpikes != s.Neurons[0].Spikes {
			t.Errorf("got exit status %d, %d pulses and %+v, want a pulse for each spike, and each of them predicted", g.Status, len(up), s)
		}
		if got, want := s.Neurons[0].CurrentNA, 5*(11303./26400); math.Abs(got-want) > 1e-4 { // pikit's code for 438
			t.Errorf("got %g nA, want %g nA", got, want)
		}
	}}
}

// A bar shows V: below the rheobase the first two of three LEDs are lit. A second output shows each tenth spike.
func piLEDs() piPart {
	return piPart{"bar and second pulse", piConfig("bar", `driver = "mcp3008"`, `[output.tenth]
driver = "pulse"
pin = "GPIO27"
neuron = "n1"
every = 10
width = "5 ms"
[output.row]
driver = "bar"
pins = ["GPIO5", "GPIO6", "GPIO13"]
neuron = "n1"`) + `
knob 220; start /tmp/bar.toml --duration 1500ms; sleep 0.7; echo "row $(level 5) $(level 6) $(level 13)"; knob 438; wait $pid`, func(t *testing.T, g *guest) {
		s := g.summary()
		if want := "row 0x00000001 0x00000001 0x00000000\n"; !strings.Contains(g.Output, want) {
			t.Errorf("got no %q below the rheobase", want)
		}
		spikes := int(s.Neurons[0].Spikes)
		for pin, pulses := range map[int]int{17: spikes, 27: spikes / 10, 5: 1, 6: 1, 13: 1} {
			if n := len(g.Levels(pin)); n != 2*pulses || spikes < 40 {
				t.Errorf("the scope saw %d levels of GPIO%d after %d spikes, want %d pulses", n, pin, spikes, pulses)
			}
		}
	}}
}
