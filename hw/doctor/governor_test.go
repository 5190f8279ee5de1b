package doctor

import (
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestGovernor(t *testing.T) {
	t.Parallel()
	const file = "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"
	pi := map[string]os.FileMode{"/proc/device-tree/model": 0o644}
	slow := func(governor string) []Finding {
		return []Finding{{"governor", Warning, file + ": " + governor,
			"the CPU is slow between ticks: ticks and readings may be later than necessary; on a Pi up to 4 the SPI clock falls with the core clock",
			"run 'echo performance | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor'; for the SPI clock alone, set core_freq_min in config.txt to the Pi's core_freq, and reboot"}}
	}
	for _, tt := range []struct {
		files    map[string]os.FileMode
		governor string // "" for none
		want     []Finding
	}{
		{pi, "ondemand\n", slow("ondemand")},
		{pi, "powersave\n", slow("powersave")},
		{pi, "performance\n", []Finding{{"governor", Passed, file + ": performance", "", ""}}},
		{pi, "", nil},           // a kernel without cpufreq
		{nil, "powersave", nil}, // a laptop
	} {
		h := host(t, 1000, nil, tt.files)
		if tt.governor != "" {
			write(t, h, file, tt.governor)
		}
		of := func(f Finding) bool { return f.Check != "governor" }
		if diff := cmp.Diff(tt.want, slices.DeleteFunc(h.SetUp(desk()), of), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.governor, diff)
		}
	}
}
