package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestNoPredictionOfNoiseInModelTime(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"sim", "--current", "2 nA", "--set", "neuron.n1.sigma=5 mV"}, "\nno prediction: the membrane has noise\n"},
		{[]string{"sim", "--set", "neuron.n1.sigma=5 mV"}, "\nno prediction: the membrane has noise\n"},
		{[]string{"fi", "--points", "3", "--set", "neuron.n1.sigma=5 mV", "--csv", filepath.Join(t.TempDir(), "fi.csv")}, "\nrheobase 1.5 nA; no prediction: the membrane has noise\n"},
	} {
		if out, errOut, err := hillock(t.Context(), tt.args...); err != nil || !strings.Contains(out+errOut, tt.want) || strings.Count(out+errOut, "predict") != 1 {
			t.Errorf("%q: got %v, %s and\n%s\nwant %s", tt.args, err, errOut, out, tt.want)
		}
	}
}
