package main

import "testing"

func TestRheobase(t *testing.T) {
	out, _, err := hillock(t.Context(), "rheobase", "--set", "neuron.n1.r_m=5 MOhm")
	if want := "n1: 3.000 nA\n"; out != want || err != nil {
		t.Errorf("got %q and %v, want %q", out, err, want)
	}
}
