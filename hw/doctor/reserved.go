package doctor

import (
	"encoding/binary"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Reserved returns the pins set up by the firmware or the device tree, as far as a user can read: pins with a line gpio=... in
// config.txt, and pins of the device tree's devices. Their functions and pulls may differ from those after
// power-up.
func (h Host) Reserved() map[string]bool {
	all := map[string]bool{}
	for _, name := range []string{"/boot/firmware/config.txt", "/boot/config.txt"} { // the second one before bookworm
		for line := range strings.Lines(h.read(name)) {
			if pins, ok := strings.CutPrefix(strings.TrimSpace(line), "gpio="); ok {
				pins, _, _ = strings.Cut(pins, "=")
				reserve(all, pins)
			}
		}
	}
	if tree, err := filepath.EvalSymlinks(h.Path("/proc/device-tree")); err == nil { // a link
		multiplexed(all, tree)
	}
	return all
}

// reserve adds the pins of a list such as 0-4,6 in config.txt:
// https://www.raspberrypi.com/documentation/computers/config_txt.html#gpio
func reserve(all map[string]bool, pins string) {
	for item := range strings.SplitSeq(pins, ",") {
		from, to, isRange := strings.Cut(strings.TrimSpace(item), "-")
		first, err := strconv.Atoi(from)
		last := first
		if isRange && err == nil {
			last, err = strconv.Atoi(to)
		}
		for n := first; err == nil && n <= min(last, 53); n++ {
			all[fmt.Sprintf("GPIO%d", n)] = true
		}
	}
}

// multiplexed adds the pins of all devices of a device tree: pinctrl-0 of an enabled device has the phandles of groups of
// pins. A group, or a part of it, has brcm,pins with numbers (brcm,bcm2835-gpio.txt), or pins with names on a Pi 5
// (rp1.dtsi).
func multiplexed(all map[string]bool, tree string) {
	pins, groups, used := map[string][]string{}, map[uint32]string{}, map[uint32]bool{}
	_ = filepath.WalkDir(tree, func(path string, d fs.DirEntry, err error) error { // an unreadable node has no pins
		if err != nil || !d.IsDir() {
			return nil
		}
		property := func(name string) []byte {
			b, _ := os.ReadFile(filepath.Join(path, name))
			return b
		}
		if phandle := cells(property("phandle")); len(phandle) == 1 {
			groups[phandle[0]] = path
		}
		for _, n := range cells(property("brcm,pins")) {
			pins[path] = append(pins[path], fmt.Sprintf("GPIO%d", n))
		}
		for name := range strings.SplitSeq(string(property("pins")), "\x00") {
			if strings.HasPrefix(name, "gpio") {
				pins[path] = append(pins[path], strings.ToUpper(name))
			}
		}
		if status := strings.Trim(string(property("status")), "\x00"); status == "" || status == "okay" {
			for _, phandle := range cells(property("pinctrl-0")) {
				used[phandle] = true
			}
		}
		return nil
	})
	for phandle := range used {
		for path, of := range pins {
			if group := groups[phandle]; path != group && filepath.Dir(path) != group {
				continue
			}
			for _, pin := range of {
				all[pin] = true
			}
		}
	}
}

// cells returns the 32-bit numbers of a property.
func cells(property []byte) (all []uint32) {
	for ; len(property) >= 4; property = property[4:] {
		all = append(all, binary.BigEndian.Uint32(property))
	}
	return all
}
