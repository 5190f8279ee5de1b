package doctor

import (
	"cmp"
	"path"
	"strconv"
	"strings"
)

// power says whether the supply and the cooling are good enough for the Pi, as its firmware tells.
//
// vcgencmd has the bits; a user of the group video may ask. The kernel's hwmon driver knows of under-voltage alone, and of
// that since it looked last, 2 s ago at most (drivers/hwmon/raspberrypi-hwmon.c). The file get_throttled of its firmware
// driver is not read: the kernel answered with a stack trace in its log, until it left the file out
// (https://github.com/raspberrypi/linux/pull/6697). A Pi Zero and the compute modules do not measure their supply.
func (h Host) power() Finding {
	f := Finding{Check: "power", Result: Passed}
	bits, all := h.throttled()
	low, now := h.undervoltage()
	if low {
		bits |= 1
	}
	switch {
	case all:
		f.Seen = "no under-voltage, not throttled"
	case now:
		f.Seen = "no under-voltage now"
	default:
		f.Result, f.Seen = NotPossible, "neither vcgencmd nor the kernel's rpi_volt tells of it"
		return f
	}
	// What the bits 0 to 3 say is so now, what the bits 16 to 19 say has been so since the boot:
	// https://www.raspberrypi.com/documentation/computers/os.html#get_throttled
	names := []string{"under-voltage", "clock capped", "throttled", "soft limit of temperature"}
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
		f.Means = "the 5 V fell below 4.63 V, and the firmware slows the CPU down for it, so that ticks may come late"
		f.Do = "take a supply made for this Pi, a short and thick cable, and less power from the Pi; then reboot, which clears this"
	case bits&0b110 != 0:
		f.Result = Failed
		f.Means = "the firmware slows the CPU down, as it does when the chip is hot, so that ticks may come late"
		f.Do = "give it air, a heat sink or a fan"
	}
	return f
}

// throttled are the firmware's bits.
func (h Host) throttled() (bits uint64, ok bool) {
	if h.output == nil {
		return 0, false
	}
	_, hex, found := strings.Cut(h.output("vcgencmd", "get_throttled"), "throttled=0x")
	bits, err := strconv.ParseUint(strings.TrimSpace(hex), 16, 32)
	return bits, found && err == nil
}

// undervoltage is the kernel's alarm.
func (h Host) undervoltage() (low, ok bool) {
	for _, name := range h.glob("/sys/class/hwmon/hwmon*/name") {
		if h.read(name) == "rpi_volt" {
			alarm := h.read(path.Join(path.Dir(name), "in0_lcrit_alarm"))
			return alarm == "1", alarm != ""
		}
	}
	return false, false
}
