package doctor

import (
	"cmp"
	"fmt"
	"path"
	"strconv"
	"strings"
)

// Power checks the supply and the cooling of the Pi, as its firmware reports them.
//
// vcgencmd returns all bits, to users in the group video. The kernel's hwmon driver reports under-voltage only, at most 2 s old
// (drivers/hwmon/raspberrypi-hwmon.c). The firmware driver's file get_throttled is not read: older kernels log a stack trace at
// each read, newer kernels do not have it (https://github.com/raspberrypi/linux/pull/6697). Without a sensor all of them report no
// under-voltage.
func (h Host) Power() Finding {
	f := Finding{Check: "power", Result: Passed}
	bits, all := h.throttled()
	low, now := h.undervoltage()
	if low {
		bits |= 1
	}
	const blind = "this model has no sensor for its supply"
	switch {
	case all && h.measuresSupply():
		f.Seen = "no under-voltage, not throttled"
	case all:
		f.Seen = "not throttled; " + blind
	case now && !h.measuresSupply():
		f.Result, f.Seen = Skipped, "not checked: "+blind
		return f
	case now:
		f.Seen = "no under-voltage now"
	default:
		f.Result, f.Seen = Skipped, "not checked: neither vcgencmd nor the kernel's rpi_volt reports it"
		return f
	}
	// Bits 0 to 3 are the present state, bits 16 to 19 the state since the boot:
	// https://www.raspberrypi.com/documentation/computers/os.html#get_throttled
	names := []string{"under-voltage", "clock capped", "throttled", "soft temperature limit"}
	var seen []string
	for i, name := range names {
		switch {
		case bits>>i&1 == 1:
			seen = append(seen, name+" now")
		case bits>>(16+i)&1 == 1:
			seen = append(seen, name+" since the boot")
		}
	}
	f.Seen = cmp.Or(strings.Join(seen, ", "), f.Seen)
	switch {
	case bits&0x10001 != 0:
		f.Result = Failed
		f.Means = "the 5 V supply fell below 4.63 V: the firmware slows the CPU down, and ticks may be late"
		f.Do = "use a supply made for this Pi and a short, thick cable; take less power from the Pi; reboot to clear this"
	case bits&0b110 != 0:
		f.Result = Failed
		f.Means = "the chip is hot: the firmware slows the CPU down, and ticks may be late"
		f.Do = "cool the Pi: give it air, a heat sink or a fan"
	}
	return f
}

// measuresSupply reports whether the Pi has a sensor for its supply: each model since the 1 B+, except the Zero range ("Power supply
// warnings" of https://www.raspberrypi.com/documentation/computers/raspberry-pi.html).
func (h Host) measuresSupply() bool {
	model := strings.TrimPrefix(h.Model(), "Raspberry Pi ")
	first := strings.HasPrefix(model, "Model A") || strings.HasPrefix(model, "Model B")
	return !strings.HasPrefix(model, "Zero") && (!first || strings.Contains(model, "+") || strings.Contains(model, "Plus"))
}

// throttled returns the firmware's bits.
func (h Host) throttled() (bits uint64, ok bool) {
	if h.output == nil {
		return 0, false
	}
	_, hex, found := strings.Cut(h.output("vcgencmd", "get_throttled"), "throttled=0x")
	bits, err := strconv.ParseUint(strings.TrimSpace(hex), 16, 32)
	return bits, found && err == nil
}

// undervoltage returns the kernel's alarm.
func (h Host) undervoltage() (low, ok bool) {
	for _, name := range h.glob("/sys/class/hwmon/hwmon*/name") {
		if h.read(name) == "rpi_volt" {
			alarm := h.read(path.Join(path.Dir(name), "in0_lcrit_alarm"))
			return alarm == "1", alarm != ""
		}
	}
	return false, false
}

// governor checks the CPU frequency governor of a Pi, if its kernel has one. All but performance lower the clock of an
// idle CPU, and so between ticks. The firmware lowers the core clock with it, and SCLK is a fraction of the core clock on a Pi up to 4.
func (h Host) governor() []Finding {
	const file = "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"
	governor := h.read(file)
	if governor == "" || h.Model() == "" {
		return nil
	}
	f := Finding{Check: "governor", Result: Passed, Seen: file + ": " + governor}
	if governor == "performance" {
		return []Finding{f}
	}
	f.Result = Warning
	f.Means = "the CPU is slow between ticks: ticks and readings may be later than necessary"
	f.Do = "run 'echo performance | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor'"
	if lowest, highest := coreClock(h.Model()); lowest < highest {
		f.Means += fmt.Sprintf("; the core clock falls from %d to %d MHz with it, and the SPI clock with the core clock", highest, lowest)
		f.Do += fmt.Sprintf("; for the SPI clock alone, set core_freq_min=%d or force_turbo=1 in config.txt, and reboot", highest)
	}
	return []Finding{f}
}

// coreClock returns core_freq_min and core_freq of a model, in MHz, and 0 for a Pi 5: its SPI has another clock. Source:
// https://www.raspberrypi.com/documentation/computers/config_txt.html#overclocking-options, the table of defaults.
func coreClock(model string) (lowest, highest int) {
	for _, m := range []struct {
		name            string
		lowest, highest int
	}{
		{"5", 0, 0}, {"Compute Module 5", 0, 0},
		{"4", 200, 500}, {"Compute Module 4", 200, 500}, // also a Pi 400
		{"3", 250, 400}, {"Compute Module 3", 250, 400}, {"Zero", 250, 400},
	} {
		if strings.HasPrefix(model, "Raspberry Pi "+m.name) {
			return m.lowest, m.highest
		}
	}
	return 250, 250
}
