// Package doctor looks at a machine, a configuration and its wires, and says what is wrong: what it saw, what that means,
// and what to do. It changes nothing that it does not put back.
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
	"hillock/hw/clock"
)

// Result is how a check came out.
type Result string

const (
	Passed      Result = "passed"
	Failed      Result = "failed"
	NotPossible Result = "not possible here"
)

// Finding is a check and what came of it. Means and Do are empty where there is nothing to do.
type Finding struct {
	Check  string `json:"check"`
	Result Result `json:"result"`
	Seen   string `json:"seen"`
	Means  string `json:"means,omitempty"`
	Do     string `json:"do,omitempty"`
}

// Host is the machine, and the user who is to run the neuron on it.
type Host struct {
	Root   string   // of its files, "" for /
	UID    int      // of the user
	Groups []string // of the user, by name

	// What is asked beside files; nil asks nobody.
	output  func(program string, args ...string) string      // what it prints, "" where it fails
	try     func(clock.Options) (clock.Grant, error)         // what the user gets of real time
	holders func(gpiochip string) (map[string]string, error) // who holds its lines, by their names; "" for nobody
}

// Here is this machine and the user of this process.
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

// output runs a program for what it prints.
func output(program string, args ...string) string {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second) // both answer in some ms
	defer cancel()
	out, err := exec.CommandContext(ctx, program, args...).Output()
	if err != nil {
		return ""
	}
	return string(out)
}

// Path is where a file of the machine is.
func (h Host) Path(name string) string { return filepath.Join(h.Root, name) }

// Model is the Raspberry Pi's, or "" elsewhere.
func (h Host) Model() string {
	if m := h.read("/proc/device-tree/model"); strings.HasPrefix(m, "Raspberry Pi") {
		return m
	}
	return ""
}

func (h Host) read(name string) string {
	b, _ := os.ReadFile(h.Path(name))
	return strings.Trim(string(b), "\x00\n ")
}

// SetUp checks the machine and the user for what a configuration needs, without a wire being touched.
func (h Host) SetUp(cfg *config.Config) []Finding {
	found := []Finding{h.board(), h.kernel(), h.power(), h.user(cfg), h.node("GPIO", h.first("/dev/gpiochip*"), "gpio", "the kernel has no driver for the pins", "update the system, or use the kernel of Raspberry Pi OS")}
	for _, port := range cfg.Ports() {
		found = append(found, h.node(port, Node(port), Group(port), "it is off", "sudo hillock setup"))
	}
	found = append(found, h.pins(cfg)...)
	if h.try != nil {
		found = append(found, h.realTime(cfg.Loop))
	}
	return found
}

// Node is the device node of a port or bus.
func Node(port string) string {
	if bus, ok := strings.CutPrefix(port, "I2C"); ok {
		return "/dev/i2c-" + bus
	}
	return "/dev/spidev" + strings.TrimPrefix(port, "SPI")
}

// Group is the group of a port's or bus's device node.
func Group(port string) string {
	if strings.HasPrefix(port, "I2C") {
		return "i2c"
	}
	return "spi"
}

// Groups are those of the device nodes that a configuration uses.
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

// glob gives the names of the files that match a pattern.
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
		f.Result, f.Seen = NotPossible, "no Raspberry Pi"
		f.Means, f.Do = "there are no header pins here", "hillock run takes the virtual Pi"
	}
	return f
}

func (h Host) kernel() Finding {
	f := Finding{Check: "system", Result: Passed, Seen: fmt.Sprintf("%s, kernel %s, a %d-bit program", cmp.Or(h.release(), runtime.GOOS), cmp.Or(h.read("/proc/sys/kernel/osrelease"), "unknown"), strconv.IntSize)}
	return f
}

func (h Host) release() string {
	for line := range strings.Lines(h.read("/etc/os-release")) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "PRETTY_NAME="); ok {
			return strings.Trim(name, `"`)
		}
	}
	return ""
}

// user says which of the groups the user is in; whether that is enough, the checks of the nodes say.
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
	if strings.Contains(h.read("/proc/device-tree/compatible"), "bcm2712") {
		f.Result = Failed
		f.Means = "as root on a Pi 5 the GPIO driver would write to memory that is not the GPIO's: hillock run refuses"
		f.Do = "run it as a user of the groups gpio and spi: sudo hillock setup"
	}
	return f
}

// node checks that a device node is there and open to the user; means and do are for where it is not there.
func (h Host) node(check, node, group, means, do string) Finding {
	f := Finding{Check: check, Result: Failed}
	info, err := os.Stat(h.Path(node))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f.Seen, f.Means, f.Do = "no "+node, means, do
		if h.Model() == "" {
			f.Result, f.Means, f.Do = NotPossible, "", ""
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
		f.Means = "this user is not in that group, or has not logged in since"
		f.Do = fmt.Sprintf("sudo hillock setup, or sudo usermod -aG %s $USER, and log in again", owner)
	default:
		f.Means = "no group may use it"
		f.Do = fmt.Sprintf("install hillock's package, whose udev rule gives it to the group %s", group)
	}
	return f
}
