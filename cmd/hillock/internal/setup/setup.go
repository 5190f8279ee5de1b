// Package setup prepares a Raspberry Pi for a configuration.
package setup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"os/user"
	"regexp"
	"slices"
	"strings"

	"hillock/cmd/hillock/internal/findings"
	"hillock/cmd/hillock/internal/outfile"
	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/usage"
	"hillock/config"
	"hillock/hw/doctor"
	"hillock/hw/part"
)

// System is the machine to prepare.
type System struct {
	Host    doctor.Host
	Exec    func(ctx context.Context, name string, args ...string) error // runs a command
	Find    func(name string) bool                                       // reports whether a program exists
	InGroup func(user, group string) (bool, error)
}

// Here returns this machine.
func Here() System {
	find := func(name string) bool { _, err := exec.LookPath(name); return err == nil }
	return System{doctor.Here(), command, find, isIn}
}

// Options are the options of Run.
type Options struct {
	DryRun bool   // print the steps and change nothing
	User   string // to add to the groups; "" for the user of sudo
}

// Run prepares a Pi for a configuration. It prints each step to w and ends with the doctor's findings. Each step checks before
// it changes anything: Run may be called again. On another machine a dry run prints the steps for a new Pi.
func Run(ctx context.Context, w io.Writer, cfg *config.Config, system System, o Options) error {
	s := &setup{System: system, dry: o.DryRun, user: o.User, Printer: &readable.Printer{W: w}}
	model := s.Host.Model()
	switch {
	case model == "" && !s.dry:
		return errors.New("no Raspberry Pi here: run setup on the Pi; --dry-run prints its steps on any machine")
	case model == "":
		model, s.System = "no Raspberry Pi here; on a new one, setup", freshPi
	case s.Host.UID != 0 && !s.dry:
		return errors.New("setup changes the system: run 'sudo hillock setup'; --dry-run prints the steps")
	}
	if s.user == "" {
		s.user = os.Getenv("SUDO_USER")
	}
	if u, err := user.Current(); s.user == "" && s.dry && err == nil { // sudo will come from this account
		s.user = u.Username
	}
	s.Printf("%s\n", model)
	if err := errors.Join(s.buses(ctx, cfg), s.groups(ctx, cfg), s.unit()); err != nil {
		return errors.Join(err, s.Err)
	}
	switch {
	case s.dry:
		return s.Err
	case s.reboot:
		s.Printf("now reboot, then run 'hillock doctor'\n")
		return s.Err
	case s.login:
		s.Printf("now log out and in again: the new groups count from the next login\n")
	}
	s.Printf("\n")
	return errors.Join(s.Err, findings.Print(w, s.Host.SetUp(cfg)))
}

// freshPi is a Pi with a new system: raspi-config, and no bus, group or service yet.
var freshPi = System{
	Host:    doctor.Host{Root: "/nonexistent"},
	Find:    func(string) bool { return true },
	InGroup: func(string, string) (bool, error) { return false, nil },
}

// setup is one call of Run.
type setup struct {
	System
	dry  bool
	user string
	*readable.Printer
	reboot, login bool // needed after a change
}

// isIn reports whether a user is in a group according to the system's files. A login keeps its older groups.
func isIn(name, group string) (bool, error) {
	u, err := user.Lookup(name)
	if err != nil {
		return false, usage.Error{Err: fmt.Errorf("--user: %w", err)}
	}
	g, err := user.LookupGroup(group)
	if err != nil {
		return false, fmt.Errorf("no group %s: install the hillock package: it creates the group and gives the device nodes to it", group)
	}
	ids, err := u.GroupIds()
	return slices.Contains(ids, g.Gid), err
}

// command runs a command of the system. Its error has the command's output.
func command(ctx context.Context, name string, args ...string) error {
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, readable.OneLine(string(bytes.TrimSpace(out))))
	}
	return nil
}

// done prints a step with nothing to do.
func (s *setup) done(format string, args ...any) { s.Printf("ok    "+format+"\n", args...) }

// do prints a step and takes it by calling f; a dry run only prints it.
func (s *setup) do(what string, f func() error) error {
	if s.dry {
		s.Printf("would %s\n", what)
		return nil
	}
	if err := f(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	s.Printf("did   %s\n", what)
	return nil
}

// buses turns on the SPI ports and I2C buses of the configuration.
func (s *setup) buses(ctx context.Context, cfg *config.Config) error {
	off := map[string][]string{} // ports by bus
	for _, port := range cfg.Ports() {
		if _, err := os.Stat(s.Host.Path(doctor.Node(port))); err == nil {
			s.done("%s is on: %s", port, doctor.Node(port))
			continue
		}
		bus, _, _ := strings.Cut(port, ".")
		off[bus] = append(off[bus], port)
	}
	for _, bus := range slices.Sorted(maps.Keys(off)) {
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
			line = "dtoverlay=" + strings.ToLower(bus) + "-" + overlays(off[bus])
		}
		if switchOn == "" || !s.Find("raspi-config") {
			if err := s.boot(line); err != nil {
				return err
			}
			continue
		}
		if err := s.do(fmt.Sprintf("turn %s on: raspi-config nonint %s 0", bus[:3], switchOn), func() error {
			return s.Exec(ctx, "raspi-config", "nonint", switchOn, "0")
		}); err != nil {
			return err
		}
		s.reboot = s.reboot || s.missing(off[bus])
	}
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

func (s *setup) missing(ports []string) bool {
	return slices.ContainsFunc(ports, func(port string) bool {
		_, err := os.Stat(s.Host.Path(doctor.Node(port)))
		return err != nil
	})
}

// boot adds a missing line to the firmware's configuration.
func (s *setup) boot(line string) error {
	name := s.Host.Path("/boot/firmware/config.txt")
	if _, err := os.Stat(name); err != nil { // before Debian 12
		name = s.Host.Path("/boot/config.txt")
	}
	if s.Host.Root == freshPi.Host.Root {
		name = "/boot/firmware/config.txt"
		return s.do(fmt.Sprintf("add %q to %s", line, name), nil)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("%w: no firmware configuration to add %q to", err, line)
	}
	s.reboot = true
	if regexp.MustCompile(`(?m)^\s*` + regexp.QuoteMeta(line) + `\s*$`).Match(text) {
		s.done("%s has %s: reboot to use it", name, line)
		return nil
	}
	return s.do(fmt.Sprintf("add %q to %s", line, name), func() error {
		return outfile.Write(name, nil, func(w io.Writer) error {
			// Under [all]: the file may end in a section for another board.
			_, err := fmt.Fprintf(w, "%s\n\n# for hillock\n[all]\n%s\n", bytes.TrimRight(text, "\n"), line)
			return err
		})
	})
}

// groups adds the user to the groups of the device nodes.
func (s *setup) groups(ctx context.Context, cfg *config.Config) error {
	if s.user == "" || s.user == "root" {
		s.Printf("-     no user to add to the groups: run sudo from your own account, or name a user with --user\n")
		return nil
	}
	var join []string
	for _, group := range doctor.Groups(cfg) {
		switch in, err := s.InGroup(s.user, group); {
		case err != nil:
			return err
		case in:
			s.done("%s is in the group %s", s.user, group)
		default:
			join = append(join, group)
		}
	}
	if len(join) == 0 {
		return nil
	}
	s.login = true
	list := strings.Join(join, ",")
	return s.do(fmt.Sprintf("add %s to the groups: usermod -aG %s %s", s.user, list, s.user), func() error {
		return s.Exec(ctx, "usermod", "-aG", list, s.user)
	})
}

// unit checks the service.
func (s *setup) unit() error {
	const name = "hillock.service"
	if !slices.ContainsFunc([]string{"/lib/systemd/system/", "/etc/systemd/system/"}, func(dir string) bool {
		_, err := os.Stat(s.Host.Path(dir + name))
		return err == nil
	}) {
		s.Printf("-     no %s: the package of hillock installs it\n", name)
		return nil
	}
	const file = "/etc/hillock/hillock.toml"
	if _, err := config.Load(s.Host.Path(file), nil, part.Kinds()); err != nil {
		return usage.Error{Err: err}
	}
	if _, err := os.Stat(s.Host.Path("/etc/systemd/system/multi-user.target.wants/" + name)); err == nil {
		s.done("%s starts at boot, with %s", name, file)
	} else {
		s.done("%s is off: 'sudo systemctl enable --now hillock' starts it now and at boot, with %s", name, file)
	}
	return nil
}
