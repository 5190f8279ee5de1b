package fault

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"hillock/config"
	"hillock/hw/doctor"
	"hillock/hw/part"
)

func withConverters(t *testing.T, sets ...string) *config.Config {
	t.Helper()
	cfg, err := config.Load("", sets, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

var (
	slowDAC = []string{"output.slow.driver=mcp4725", "output.slow.neuron=n1"}
	fastDAC = []string{"output.fast.driver=mcp4921", "output.fast.neuron=n1"}
)

// The doctor names the output and the wire of each fault of a converter, also of two faults together.
func TestDoctorFindsFaultsOfConverters(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		fault string
		want  map[string]string // in the remedy, by check
	}{
		{"LDAC loose", map[string]string{"fast": "LDAC 5 to GND"}},
		{"VOUT loose", map[string]string{"fast": "the probe to VOUTA 8", "slow": "connect the probe to OUT"}},
		{"LDAC loose + VREF loose", map[string]string{"fast": "LDAC 5 to GND", "SPI0.0": "VREF"}},
		{"none", nil},
	} {
		synctest.Test(t, func(t *testing.T) {
			got := map[string]string{}
			cfg := withConverters(t, slices.Concat(slowDAC, fastDAC)...)
			if err := Consult(t.Context(), named(t, tt.fault), cfg, func(f doctor.Finding) {
				if f.Result == doctor.Failed {
					got[f.Check] = f.Means + " " + f.Do
				}
			}); err != nil {
				t.Fatal(err)
			}
			if len(got) != len(tt.want) {
				t.Errorf("%s: got the findings %q, want %q", tt.fault, got, tt.want)
			}
			for check, text := range tt.want {
				if !strings.Contains(got[check], text) {
					t.Errorf("%s: got %q for %s, want %q in it", tt.fault, got[check], check, text)
				}
			}
		})
	}
}

func TestFaultsOfConvertersNeedOne(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		fault string
		sets  []string
		want  string
	}{
		{"VOUT loose", nil, "a DAC"},
		{"LDAC loose", nil, "a DAC on SPI"},
		{"LDAC loose", slowDAC, "a DAC on SPI"},
		{"VOUT loose", slowDAC, ""},
		{"LDAC loose", fastDAC, ""},
		{"VOUT loose", fastDAC, ""},
	} {
		if got := named(t, tt.fault).Lacks(withConverters(t, tt.sets...)); got != tt.want {
			t.Errorf("%s with %v: got %q, want %q", tt.fault, tt.sets, got, tt.want)
		}
	}
}
