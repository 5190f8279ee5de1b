package bench

import (
	"encoding/hex"
	"io/fs"
	"math"
	"path"
	"strconv"
	"strings"
)

// Machine describes a computer. It has no serial number. An unknown field is empty.
type Machine struct {
	Model    string `toml:"model,omitempty"`    // "Raspberry Pi 4 Model B Rev 1.4"
	Revision string `toml:"revision,omitempty"` // code of the board, in hexadecimal
	SoC      string `toml:"soc,omitempty"`      // "brcm,bcm2711"
	CPUs     int    `toml:"cpus,omitempty"`
	MemoryMB int    `toml:"memory_mb,omitempty"`
}

// System describes the system of a computer. It has no host name.
type System struct {
	Name         string `toml:"name,omitempty"`   // "Debian GNU/Linux 13 (trixie)"
	Kernel       string `toml:"kernel,omitempty"` // as 'uname -srvm' prints it
	PollingLimit int    `toml:"spi_polling_limit_us,omitempty"`
}

// State is the state of a machine at an instant.
type State struct {
	Load         []float64 `toml:"load,omitempty"`     // over 1, 5 and 15 minutes
	Governor     string    `toml:"governor,omitempty"` // of CPU 0
	CPUMHz       float64   `toml:"cpu_mhz,omitempty"`  // of CPU 0
	TemperatureC float64   `toml:"temperature_c,omitempty"`
	Power        string    `toml:"power,omitempty"` // the doctor's finding
}

// Host is a machine to report on.
type Host struct {
	Files fs.FS         // from its root
	Power func() string // returns the state of supply and cooling
}

// State returns the present state.
func (h Host) State() State {
	s := State{Governor: h.read("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"), Power: h.Power(),
		CPUMHz: h.number("sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq") / 1e3}
	if load := strings.Fields(h.read("proc/loadavg")); len(load) > 3 {
		for _, text := range load[:3] {
			v, _ := strconv.ParseFloat(text, 64) // proc(5): a number
			s.Load = append(s.Load, v)
		}
	}
	zones, _ := fs.Glob(h.Files, "sys/class/thermal/thermal_zone*/type") // the pattern is right
	for _, zone := range zones {
		if h.read(zone) == "cpu-thermal" {
			s.TemperatureC = h.number(path.Join(path.Dir(zone), "temp")) / 1e3
		}
	}
	return s
}

// machine returns the machine with a number of CPUs.
func (h Host) machine(cpus int) Machine {
	m := Machine{Model: h.read("proc/device-tree/model"), CPUs: cpus}
	if code, err := fs.ReadFile(h.Files, "proc/device-tree/system/linux,revision"); err == nil {
		m.Revision = strings.TrimLeft(hex.EncodeToString(code), "0")
	}
	for _, name := range strings.Split(h.read("proc/device-tree/compatible"), "\x00") {
		if strings.HasPrefix(name, "brcm,") {
			m.SoC = name
		}
	}
	for line := range strings.Lines(h.read("proc/meminfo")) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "MemTotal:" {
			kB, _ := strconv.ParseFloat(f[1], 64) // proc(5): a number
			m.MemoryMB = int(math.Round(kB * 1024 / 1e6))
		}
	}
	return m
}

// system returns the system.
func (h Host) system() System {
	s := System{PollingLimit: int(h.number("sys/module/spi_bcm2835/parameters/polling_limit_us"))}
	for line := range strings.Lines(h.read("etc/os-release")) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "PRETTY_NAME="); ok {
			s.Name = strings.Trim(name, `"`)
		}
	}
	var kernel []string
	for _, name := range []string{"ostype", "osrelease", "version", "arch"} { // an old kernel has no arch
		if text := h.read("proc/sys/kernel/" + name); text != "" {
			kernel = append(kernel, text)
		}
	}
	s.Kernel = strings.Join(kernel, " ")
	return s
}

// read returns the text of a file, "" for an unreadable one.
func (h Host) read(name string) string {
	b, _ := fs.ReadFile(h.Files, name)
	return strings.Trim(string(b), "\x00\n ")
}

// number returns the number in a file, 0 for none.
func (h Host) number(name string) float64 {
	v, _ := strconv.ParseFloat(h.read(name), 64)
	return v
}
