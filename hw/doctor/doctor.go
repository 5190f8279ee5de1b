// Package doctor checks a machine, a configuration and its wires. Each finding says what the doctor saw, what that means, and
// what to do. The doctor leaves everything as it found it.
package doctor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/clock"
)

// Result is the outcome of a check.
type Result string

const (
	Passed  Result = "passed"
	Warning Result = "warning" // the neuron runs, but less well than it could
	Failed  Result = "failed"
	Skipped Result = "skipped" // Seen is the reason
)

// Finding is a check with its outcome. Means and Do are empty if there is nothing to do.
type Finding struct {
	Check  string `json:"check"`
	Result Result `json:"result"`
	Seen   string `json:"seen"`
	Means  string `json:"means,omitempty"`
	Do     string `json:"do,omitempty"`
}

// Host is a machine and the user of hillock on it.
type Host struct {
	Root   string   // the root of its files, "" for /
	UID    int      // of the user
	Groups []string // of the user, by name
	other  bool     // the user is not the user of this process

	// Sources beside files. A nil function skips its checks.
	output  func(program string, args ...string) string // returns the output of a program, "" if it fails
	try     func(clock.Options) (clock.Grant, error)    // returns the real-time rights of the user
	holders func(gpiochip string) (gpioChip, error)     // returns the holders of the lines
}

// Here returns this machine with the user of this process.
func Here() Host {
	h := Host{UID: os.Geteuid(), output: output, try: clock.Try, holders: holders}
	ids, _ := os.Getgroups()
	for _, id := range append(ids, os.Getegid()) {
		if g, err := user.LookupGroupId(strconv.Itoa(id)); err == nil && !slices.Contains(h.Groups, g.Name) {
			h.Groups = append(h.Groups, g.Name)
		}
	}
	return h
}

// As returns the machine with another user than that of this process.
func (h Host) As(uid int, groups []string) Host {
	h.UID, h.Groups, h.other = uid, groups, true
	return h
}

// output runs a program and returns its output, "" if it fails.
func output(program string, args ...string) string {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second) // vcgencmd and pinctrl take a few ms
	defer cancel()
	out, err := exec.CommandContext(ctx, program, args...).Output()
	if err != nil {
		return ""
	}
	return string(out)
}

// Path returns the place of a file of the machine.
func (h Host) Path(name string) string { return filepath.Join(h.Root, name) }

// Model returns the model of the Raspberry Pi, "" on other machines.
func (h Host) Model() string {
	if m := h.read("/proc/device-tree/model"); strings.HasPrefix(m, "Raspberry Pi") {
		return m
	}
	return ""
}

// IsPi5 reports whether the machine is a Pi 5, a Pi 500 or a Compute Module 5. Nothing pulls MISO there: the device tree has
// bias-disable for the pins of SPI0 (rp1_spi0_gpio9 in rp1.dtsi of raspberrypi/linux).
func (h Host) IsPi5() bool {
	return strings.Contains(h.read("/proc/device-tree/compatible"), "bcm2712")
}

func (h Host) read(name string) string {
	b, _ := os.ReadFile(h.Path(name))
	return strings.Trim(string(b), "\x00\n ")
}

// SetUp checks that the machine and the user can run a configuration. It touches no wire.
func (h Host) SetUp(cfg *config.Config) []Finding {
	found := []Finding{h.board(), h.kernel(), h.Power(), h.user(cfg),
		h.node("GPIO", h.first("/dev/gpiochip*"), "gpio", "the kernel has no driver for the pins", "update the system, or use the kernel of Raspberry Pi OS")}
	for _, port := range cfg.Ports() {
		absence := board.Explain(h.Root, port)
		found = append(found, h.node(port, Node(port), Group(port), absence.Means, absence.Do))
	}
	found = append(found, h.pins(cfg)...)
	found = append(found, h.polling(cfg)...)
	found = append(found, h.governor()...)
	switch {
	case h.other:
		found = append(found, Finding{Check: "realtime", Result: Skipped, Seen: "not checked: the user's rights count from the next login"})
	case h.try != nil:
		found = append(found, h.realTime(cfg.Loop))
	}
	return found
}

// Node returns the device node of an SPI port or an I2C bus.
func Node(port string) string {
	if bus, ok := strings.CutPrefix(port, "I2C"); ok {
		return "/dev/i2c-" + bus
	}
	return "/dev/spidev" + strings.TrimPrefix(port, "SPI")
}

// Group returns the usual group of a port's or bus's device node.
func Group(port string) string {
	if strings.HasPrefix(port, "I2C") {
		return "i2c"
	}
	return "spi"
}

// Groups returns the usual groups of the device nodes of a configuration.
func Groups(cfg *config.Config) []string {
	all := []string{"gpio"}
	for _, port := range cfg.Ports() {
		if group := Group(port); !slices.Contains(all, group) {
			all = append(all, group)
		}
	}
	return all
}

func (h Host) first(pattern string) string {
	if all := h.glob(pattern); len(all) > 0 {
		return all[0]
	}
	return strings.Replace(pattern, "*", "0", 1)
}

// glob returns the files of a pattern, without Root.
func (h Host) glob(pattern string) []string {
	all, _ := filepath.Glob(h.Path(pattern))
	for i := range all {
		all[i] = strings.TrimPrefix(all[i], filepath.Clean(h.Root))
	}
	return all
}

func (h Host) board() Finding {
	f := Finding{Check: "board", Result: Passed, Seen: h.Model()}
	if f.Seen == "" {
		f.Result, f.Seen = Skipped, "not checked: this is no Raspberry Pi"
		f.Means = "there are no header pins: without --hw real, 'hillock run' uses the virtual Pi"
	}
	return f
}

func (h Host) kernel() Finding {
	return Finding{Check: "system", Result: Passed, Seen: fmt.Sprintf("%s, kernel %s, %d-bit hillock",
		cmp.Or(h.release(), runtime.GOOS), cmp.Or(h.read("/proc/sys/kernel/osrelease"), "unknown"), strconv.IntSize)}
}

func (h Host) release() string {
	for line := range strings.Lines(h.read("/etc/os-release")) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "PRETTY_NAME="); ok {
			return strings.Trim(name, `"`)
		}
	}
	return ""
}

// user returns the groups of the user. The checks of the device nodes decide whether these are enough.
func (h Host) user(cfg *config.Config) Finding {
	f := Finding{Check: "user", Result: Passed}
	if h.UID != 0 {
		f.Seen = "not root"
		for _, group := range Groups(cfg) {
			in := "in"
			if !slices.Contains(h.Groups, group) {
				in = "not in"
			}
			f.Seen += fmt.Sprintf(", %s %s", in, group)
		}
		return f
	}
	f.Seen = "root"
	if h.IsPi5() {
		f.Result = Failed
		f.Means = "as root on a Pi 5, the GPIO driver would write to memory outside the GPIO: 'hillock run' refuses"
		f.Do = "run hillock as a user in the groups gpio and spi: 'sudo hillock setup' adds you to them"
	}
	return f
}

// node checks that a device node exists and that the user may open it. means and do are the cause and the remedy if it is
// missing.
func (h Host) node(check, node, group, means, do string) Finding {
	f := Finding{Check: check, Result: Failed}
	info, err := os.Stat(h.Path(node))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f.Seen, f.Means, f.Do = "no "+node, means, do
		if h.Model() == "" {
			f.Result, f.Seen, f.Means, f.Do = Skipped, "not checked: this machine has no "+node, "", ""
		}
		return f
	case err != nil:
		f.Seen = err.Error()
		return f
	}
	owner := h.group(info, group)
	f.Seen = fmt.Sprintf("%s, %v, group %s", node, info.Mode().Perm(), owner)
	switch may := info.Mode().Perm(); {
	case h.UID == 0, may&0o006 == 0o006, may&0o060 == 0o060 && slices.Contains(h.Groups, owner):
		f.Result = Passed
	case may&0o060 == 0o060:
		f.Means = "this user is not in that group, or has not logged in again since joining"
		f.Do = fmt.Sprintf("run 'sudo hillock setup' or 'sudo usermod -aG %s $USER'; then log in again", owner)
	default:
		f.Means = "no group may use it"
		f.Do = fmt.Sprintf("install the hillock package: its udev rule opens the device to the group %s", group)
	}
	return f
}
