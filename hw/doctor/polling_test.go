package doctor_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/config"
	"hillock/hw/doctor"
	"hillock/hw/part"
)

// TestSlowClockNamesThePollingLimit uses figures of spi-bcm2835 on an emulated 3B: 3 bytes at 1 MHz went by interrupt, and
// were polled at 1.25 MHz.
func TestSlowClockNamesThePollingLimit(t *testing.T) {
	t.Parallel()
	const file = "/sys/module/spi_bcm2835/parameters/polling_limit_us"
	slow := func(seen, limit string) []doctor.Finding {
		return []doctor.Finding{{Check: "SPI0.0", Result: doctor.Warning, Seen: seen,
			Means: "the kernel's driver polls faster or shorter transfers only: each reading takes longer than necessary",
			Do:    "run 'echo " + limit + " | sudo tee " + file + "'; to keep it, run 'echo options spi_bcm2835 polling_limit_us=" + limit + " | sudo tee /etc/modprobe.d/hillock-spi.conf'"}}
	}
	faster := slow("a reading of 3 bytes at 1 MHz waits for an interrupt (polling_limit_us is 30)", "40")
	faster[0].Do = "remove clock from input.knob: without it the clock is 1.25 MHz"
	for _, tt := range []struct {
		driver, set, limit string
		want               []doctor.Finding
	}{
		{"mcp3008", "", "30\n", nil},
		{"mcp3008", "input.knob.clock=1 MHz", "30\n", faster},
		{"mcp3208", "", "30\n", slow("a reading of 3 bytes at 1 MHz waits for an interrupt (polling_limit_us is 30)", "40")},
		{"mcp3208", "", "40\n", nil},
		{"mcp3202", "", "30\n", slow("a reading of 3 bytes at 900 kHz waits for an interrupt (polling_limit_us is 30)", "50")},
		{"mcp3201", "", "30\n", slow("a reading of 2 bytes at 800 kHz waits for an interrupt (polling_limit_us is 30)", "40")},
		{"mcp3001", "", "30\n", nil}, // 2 bytes
		{"mcp3208", "", "0\n", slow("a reading of 3 bytes at 1 MHz waits for an interrupt (polling_limit_us is 0)", "40")},
		{"mcp3208", "", "", nil}, // another SPI driver, as on a Pi 5
	} {
		var sets []string
		if tt.set != "" {
			sets = append(sets, tt.set)
		}
		cfg, err := config.Parse("", []byte("[input.knob]\ndriver = \""+tt.driver+"\"\n[neuron.n1]\ninput = \"knob\"\n"), sets, part.Kinds())
		if err != nil {
			t.Fatal(err)
		}
		h := doctor.MadeHost(t, 1000, nil, nil)
		if tt.limit != "" {
			doctor.Write(t, h, file, tt.limit)
		}
		found := slices.DeleteFunc(h.SetUp(cfg), func(f doctor.Finding) bool { return f.Check != "SPI0.0" || f.Result == doctor.Skipped })
		if len(found) == 0 {
			found = nil
		}
		if diff := cmp.Diff(tt.want, found); diff != "" {
			t.Errorf("%s %s with %q (-want +got):\n%s", tt.driver, tt.set, tt.limit, diff)
		}
	}
}
