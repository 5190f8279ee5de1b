package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"

	"hillock/cmd/hillock/internal/session"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/clock"
	"hillock/hw/part"
)

// retinaWeights returns the weights of the retina as sets.
func retinaWeights(weight string) (sets []string) {
	for i := range 7 {
		sets = append(sets, fmt.Sprintf("synapse.s%d.weight=%s", i+1, weight))
	}
	return sets
}

// TestRetinaIsLateralInhibition replaces the light by the currents of the example lateral-inhibition, and the weights by its
// weights. The spikes are then those of the second program.
func TestRetinaIsLateralInhibition(t *testing.T) {
	t.Parallel()
	eye := 0
	text := regexp.MustCompile(`\[input\.eye\d\]\n(.+\n)+`).ReplaceAllStringFunc(read(t, exampleFile("retina")), func(string) string {
		eye++
		return fmt.Sprintf("[input.eye%d]\ndriver = \"wave\"\nshape = \"constant\"\nmean = \"%g nA\"\n", eye, map[bool]float64{true: 2.2, false: 3}[eye <= 4])
	})
	file := filepath.Join(t.TempDir(), "retina.toml")
	write(t, file, text)
	want := read(t, "testdata/circuits/lateral-inhibition.csv")
	for i := range 4 {
		want = strings.ReplaceAll(want, fmt.Sprintf(",dark.%d\n", i+1), fmt.Sprintf(",n%d\n", i+1))
		want = strings.ReplaceAll(want, fmt.Sprintf(",light.%d\n", i+1), fmt.Sprintf(",n%d\n", i+5))
	}
	if got := simulated(t, file, 2200, retinaWeights("-0.3 nA")...); got != want {
		t.Errorf("got %s", firstDifference(got, want))
	}
	s := parsed(t, simulated(t, file, 2200))
	if err := equal("rates in the document", s.hertz(200, 2200, "n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8"), 65, 52.5, 54.5, 47.5, 94.5, 89, 89, 100); err != nil {
		t.Error(err)
	}
}

// TestRetinaSharpensAShadow covers half of the row on a virtual Pi: positions 0.3 and 0.7 are 2.2 nA and 3 nA.
func TestRetinaSharpensAShadow(t *testing.T) {
	t.Parallel()
	cfg, err := config.Load(exampleFile("retina"), []string{"loop.realtime=off"}, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		v, err := board.NewVirtual(cfg, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 8 {
			v.Knobs[fmt.Sprint("eye", i+1)].Set(map[bool]float64{true: 0.3, false: 0.7}[i < 4])
		}
		run, err := session.Open(t.Context(), cfg, session.Hardware{Pi: v, Virtual: v}, session.Options{Clock: clock.New()})
		if err != nil {
			t.Fatal(err)
		}
		defer run.Close()
		run.Loop().Ticks = 2200
		if _, err := run.Loop().Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		var n [9]int64
		for i, s := range run.Summary().Spiked {
			n[i+1] = s.Spikes
		}
		if !(n[4] < n[2] && n[4] < n[3] && n[4] < n[1]) || !(n[5] > n[6] && n[5] > n[7]) {
			t.Errorf("got the spikes %v, want the fewest at n4, and more at n5 than at n6 and n7", n[1:])
		}
	})
}

// A current without its last digits is shorter in the table: 1.6 nA and 0.4 times 2 nA.
func TestSimRoundsCurrents(t *testing.T) {
	t.Parallel()
	out, _, err := hillock(t.Context(), "sim", exampleFile("retina"), "--duration", "10ms")
	if err != nil || !strings.Contains(out, "n1      1      2.4 nA   1") {
		t.Errorf("got %v and\n%s", err, out)
	}
}
