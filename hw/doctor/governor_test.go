package doctor

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestGovernor(t *testing.T) {
	t.Parallel()
	const file = "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"
	slow := func(governor, core, freq string) []Finding {
		return []Finding{{"governor", Warning, file + ": " + governor, "the CPU is slow between ticks: ticks and readings may be later than necessary" + core,
			"run 'echo performance | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor'" + freq}}
	}
	const (
		falls400 = "; the core clock falls from 400 to 250 MHz with it, and the SPI clock with the core clock"
		falls500 = "; the core clock falls from 500 to 200 MHz with it, and the SPI clock with the core clock"
		set400   = "; for the SPI clock alone, set core_freq_min=400 or force_turbo=1 in config.txt, and reboot"
		set500   = "; for the SPI clock alone, set core_freq_min=500 or force_turbo=1 in config.txt, and reboot"
	)
	for _, tt := range []struct {
		model    string // "" for a laptop
		governor string // "" for none
		want     []Finding
	}{
		{"Raspberry Pi 3 Model B Plus Rev 1.3", "ondemand\n", slow("ondemand", falls400, set400)},
		{"Raspberry Pi Zero 2 W Rev 1.0", "powersave\n", slow("powersave", falls400, set400)},
		{"Raspberry Pi 4 Model B Rev 1.5", "schedutil\n", slow("schedutil", falls500, set500)},
		{"Raspberry Pi 400 Rev 1.0", "ondemand\n", slow("ondemand", falls500, set500)},
		{"Raspberry Pi 2 Model B Rev 1.1", "ondemand\n", slow("ondemand", "", "")}, // its core clock stays
		{"Raspberry Pi Model B Rev 2", "ondemand\n", slow("ondemand", "", "")},
		{"Raspberry Pi 5 Model B Rev 1.0", "ondemand\n", slow("ondemand", "", "")}, // SPI has another clock
		{"Raspberry Pi Compute Module 5", "ondemand\n", slow("ondemand", "", "")},
		{"Raspberry Pi 3 Model B", "performance\n", []Finding{{"governor", Passed, file + ": performance", "", ""}}},
		{"Raspberry Pi 3 Model B", "", nil}, // a kernel without cpufreq
		{"", "powersave", nil},
	} {
		h := host(t, 1000, nil, nil)
		if tt.model != "" {
			write(t, h, "/proc/device-tree/model", tt.model+"\x00")
		}
		if tt.governor != "" {
			write(t, h, file, tt.governor)
		}
		of := func(f Finding) bool { return f.Check != "governor" }
		if diff := cmp.Diff(tt.want, slices.DeleteFunc(h.SetUp(desk()), of), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%q, %q (-want +got):\n%s", tt.model, tt.governor, diff)
		}
	}
}
