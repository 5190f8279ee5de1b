package setup

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"hillock/cmd/hillock/internal/outfile"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/doctor"
)

// buses turns on the SPI ports and I2C buses of the configuration.
func (s *setup) buses(ctx context.Context, cfg *config.Config) error {
	off := map[string][]string{} // ports by bus
	for _, port := range cfg.Ports() {
		if doctor.Group(port) == "i2c" {
			if err := s.atBoot("i2c-dev"); err != nil {
				return err
			}
		}
		if !s.missing(port) {
			s.done("%s is on: %s", port, doctor.Node(port))
			continue
		}
		bus, _, _ := strings.Cut(port, ".")
		off[bus] = append(off[bus], port)
	}
	for _, bus := range slices.Sorted(maps.Keys(off)) {
		if err := s.bus(ctx, bus, off[bus]); err != nil {
			return err
		}
	}
	return nil
}

// bus brings the device nodes of a bus: it turns the bus on, and loads the kernel module. It asks for a reboot only if a
// reboot helps.
func (s *setup) bus(ctx context.Context, bus string, ports []string) error {
	absence := s.absence(ports)
	if absence.Off {
		if err := s.turnOn(ctx, bus, ports); err != nil {
			return err
		}
		s.wait(ctx, ports)
		absence = s.absence(ports)
	}
	if module := absence.Module; module != "" && s.missing(ports...) {
		s.attempt("load the kernel module: modprobe "+module, func() error { return s.Exec(ctx, "modprobe", module) })
		s.wait(ctx, ports)
		absence = s.absence(ports)
	}
	switch {
	case !s.missing(ports...):
	case s.byHand[ports[0]] != "": // already explained
	case absence.Off:
		s.reboot = true
	case s.dry && absence.Module != "": // the step before
	case s.dry: // no findings follow
		s.step(doctor.Warning, "no %s: %s: %s", doctor.Node(ports[0]), absence.Means, absence.Do)
	default:
		s.step(doctor.Warning, "no %s: %s", doctor.Node(ports[0]), absence.Means)
	}
	return nil
}

// absence returns the cause of the first missing node.
func (s *setup) absence(ports []string) board.Absence {
	if s.fresh() {
		return board.Absence{Off: true}
	}
	for _, port := range ports {
		if s.missing(port) {
			return board.Explain(s.Host.Root, port)
		}
	}
	return board.Absence{}
}

// turnOn turns a bus on: now and for every boot.
func (s *setup) turnOn(ctx context.Context, bus string, ports []string) error {
	line, switchOn := "", ""
	switch bus {
	case "SPI0":
		line, switchOn = "dtparam=spi=on", "do_spi"
	case "I2C1":
		line, switchOn = "dtparam=i2c_arm=on", "do_i2c"
	default:
		if strings.HasPrefix(bus, "I2C") {
			return fmt.Errorf("%s: setup turns on I2C1 only: add the overlay of %[1]s to config.txt by hand", bus)
		}
		line = "dtoverlay=" + strings.ToLower(bus) + "-" + overlays(ports)
	}
	if name, ok := s.generated(); ok {
		do := fmt.Sprintf("add %q to /etc/default/raspi-firmware-custom, run 'sudo update-initramfs -u', and reboot", line)
		s.step(doctor.Warning, "%s is generated: %s", name, do)
		for _, port := range ports {
			s.byHand[port] = do
		}
		return nil
	}
	if switchOn != "" && s.Find("raspi-config") {
		if err := s.do(fmt.Sprintf("turn %s on: raspi-config nonint %s 0", bus[:3], switchOn), func() error {
			return s.Exec(ctx, "raspi-config", "nonint", switchOn, "0")
		}); err != nil || s.dry {
			return err
		}
		// raspi-config changes every line of the option, also in a section of another model.
		if _, text, err := s.firmware(); err != nil || enabled(text, line, s.Host.Model()) {
			return nil
		}
	}
	if err := s.boot(line); err != nil {
		return err
	}
	program, argument, _ := strings.Cut(line, "=")
	if s.fresh() || !s.Find(program) {
		return nil
	}
	s.attempt(fmt.Sprintf("turn %s on now: %s %s", bus, program, argument), func() error {
		return s.Exec(ctx, program, argument)
	})
	return nil
}

// overlays returns the end of the overlay's name for the chip selects of these ports: 1cs, 2cs or 3cs.
func overlays(ports []string) string {
	most := "0"
	for _, port := range ports {
		_, cs, _ := strings.Cut(port, ".")
		most = max(most, cs)
	}
	return string(most[0]+1) + "cs"
}

// missing reports whether a port of these has no device node.
func (s *setup) missing(ports ...string) bool {
	return slices.ContainsFunc(ports, func(port string) bool {
		_, err := os.Stat(s.Host.Path(doctor.Node(port)))
		return err != nil
	})
}

// patience is the longest wait for a device node after its driver has started.
const patience = 3 * time.Second

// wait waits for the device nodes of ports. udev makes them a moment after their driver has started.
func (s *setup) wait(ctx context.Context, ports []string) {
	if s.dry {
		return
	}
	if s.Find("udevadm") {
		_ = s.Exec(ctx, "udevadm", "settle", "--timeout=5") // without the nodes, the next steps say more
	}
	const step = 100 * time.Millisecond
	for t := time.Duration(0); t < patience && ctx.Err() == nil && s.missing(ports...); t += step {
		s.Sleep(step)
	}
}

// attempt takes a step, and goes on after a failure: a reboot replaces it.
func (s *setup) attempt(what string, f func() error) {
	if err := s.do(what, f); err != nil {
		s.step(doctor.Warning, "%v", err)
	}
}

// atBoot lists a kernel module among the modules to load at every boot.
func (s *setup) atBoot(module string) error {
	const name = "/etc/modules-load.d/hillock.conf"
	if file := s.lists(module); file != "" {
		s.done("%s lists the kernel module %s", file, module)
		return nil
	}
	return s.do(fmt.Sprintf("list the kernel module %s in %s", module, name), func() error {
		file := s.Host.Path(name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		return outfile.Write(file, nil, func(w io.Writer) error {
			_, err := fmt.Fprintf(w, "# for hillock\n%s\n", module)
			return err
		})
	})
}

// lists returns the file with a kernel module to load at boot, "" for none: see modules-load.d(5).
func (s *setup) lists(module string) string {
	files := []string{"/etc/modules"}
	for _, dir := range []string{"/etc/modules-load.d", "/usr/lib/modules-load.d", "/lib/modules-load.d"} {
		all, _ := filepath.Glob(s.Host.Path(dir + "/*.conf"))
		for _, file := range all {
			files = append(files, dir+"/"+filepath.Base(file))
		}
	}
	for _, file := range files {
		text, _ := os.ReadFile(s.Host.Path(file))
		for line := range strings.Lines(string(text)) {
			if strings.ReplaceAll(strings.TrimSpace(line), "_", "-") == module {
				return file
			}
		}
	}
	return ""
}
