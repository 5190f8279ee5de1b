package pulsecode_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"hillock/hw/pulsecode"
)

const (
	ms   = time.Millisecond
	unit = 15 * ms
)

// edge is a change of level with its time.
type edge struct {
	at     time.Duration
	rising bool
}

// edges returns the edges of a code from a time on, each later by up to late.
func edges(o pulsecode.Output, from, late time.Duration, inverted bool, rng *rand.Rand) (all []edge) {
	at, level := from, !inverted
	for _, d := range append(o.Intervals(unit), 0) {
		all = append(all, edge{at + time.Duration(rng.Int64N(int64(late)+1)), level})
		at, level = at+d, !level
	}
	return all
}

// bounce adds the bouncing of contacts to edges: up to 5 pairs of edges within 12 ms.
func bounce(all []edge, rng *rand.Rand) (bounced []edge) {
	for _, e := range all {
		bounced = append(bounced, e)
		at := e.at
		for range rng.IntN(6) {
			for _, level := range []bool{!e.rising, e.rising} {
				at += time.Duration(1 + rng.Int64N(int64(1200*time.Microsecond)))
				bounced = append(bounced, edge{at, level})
			}
		}
	}
	return bounced
}

// decode returns the senders of all codes.
func decode(all []edge) (heard []pulsecode.Output) {
	d := pulsecode.Decoder{Unit: unit}
	for _, e := range all {
		if o, ok := d.Edge(e.at, e.rising); ok {
			heard = append(heard, o)
		}
	}
	return heard
}

func TestCodesSurviveBouncingAndLateness(t *testing.T) {
	rng := rand.New(rand.NewPCG(18, 5))
	for i := range 500 {
		word := func() string {
			const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
			text := ""
			for range 1 + rng.IntN(12) {
				text += string(letters[rng.IntN(len(letters))])
			}
			return text
		}
		want := []pulsecode.Output{{Board: word(), Name: word(), GPIO: rng.IntN(28)}, {Board: word(), Name: word(), GPIO: rng.IntN(28)}}
		inverted := i%2 == 0
		all := edges(want[0], time.Second, 6*ms, inverted, rng)
		all = append(all, edges(want[1], all[len(all)-1].at+10*unit, 6*ms, inverted, rng)...)
		if got := decode(bounce(all, rng)); !slices.Equal(got, want) {
			t.Errorf("%d: got %v, want %v", i, got, want)
		}
	}
}

// A dead time of 20 ms between two edges drops none of them.
func TestCodeIsSlowerThanADeadTime(t *testing.T) {
	o := pulsecode.Output{Board: "left", Name: "red", GPIO: 17}
	var all time.Duration
	for i, d := range o.Intervals(unit) {
		if all += d; d < 30*ms {
			t.Errorf("interval %d: got %v, want at least 30 ms", i, d)
		}
	}
	if n := len(o.Intervals(unit)); n%2 != 1 || all > 3*time.Second {
		t.Errorf("got %d intervals, %v in all; want an odd number, and at most 3 s", n, all)
	}
}

// A damaged code is no name at all.
func TestDamagedCodesAreNoNames(t *testing.T) {
	rng := rand.New(rand.NewPCG(18, 6))
	o := pulsecode.Output{Board: "left", Name: "red", GPIO: 17}
	whole := edges(o, time.Second, 0, false, rng)
	for i := range whole {
		missing := slices.Delete(slices.Clone(whole), i, i+1)
		late := slices.Clone(whole)
		late[i].at += unit
		for name, damaged := range map[string][]edge{"missing": missing, "a unit late": late} {
			harmless := i == 0 && name != "missing" || i >= len(whole)-2 // the start has room, and the last edges are no digits
			if got := decode(damaged); !harmless && len(got) > 0 {
				t.Errorf("edge %d %s: got %v", i, name, got)
			}
		}
	}
	var noise []edge
	for at, i := time.Duration(0), 0; i < 200_000; i++ {
		at += time.Duration(2+rng.IntN(7))*unit + time.Duration(rng.Int64N(int64(unit)))
		noise = append(noise, edge{at, i%2 == 0})
	}
	if got := decode(noise); len(got) > 0 {
		t.Errorf("noise: got %v", got)
	}
}

func TestSentNames(t *testing.T) {
	for name, want := range map[string]string{"left": "left", "my board": "my-board", strings.Repeat("x", 30): strings.Repeat("x", 24), "": "", "blü": "bl-"} {
		if got := pulsecode.Sent(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func ExampleOutput_Intervals() {
	all := pulsecode.Output{Board: "b", Name: "o", GPIO: 17}.Intervals(15 * ms)
	fmt.Println(len(all), all[:4])
	// Output: 25 [120ms 45ms 30ms 45ms]
}

func FuzzDecoder(f *testing.F) {
	f.Add([]byte{8, 2, 3, 4, 5})
	f.Fuzz(func(t *testing.T, units []byte) {
		d, at := pulsecode.Decoder{Unit: unit}, time.Duration(0)
		for i, u := range units {
			at += time.Duration(u) * 5 * ms
			if o, ok := d.Edge(at, i%3 > 0); ok && pulsecode.Sent(o.Name) != o.Name {
				t.Errorf("got %+v", o)
			}
		}
	})
}
