package main

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

	"github.com/spf13/cobra"

	"hillock/cmd/hillock/internal/findings"
	"hillock/cmd/hillock/internal/outfile"
	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/usage"
	"hillock/config"
	"hillock/hw/doctor"
)

// setup readies a Pi step by step. Each step looks first, so that it can be run again.
type setup struct {
	configFlags
	dry  bool
	user string

	host doctor.Host
	exec func(ctx context.Context, name string, args ...string) error
	find func(name string) bool // a program
	in   func(user, group string) (bool, error)
	*readable.Printer
	reboot, login bool // needed for what was changed
}

func newSetup() *cobra.Command {
	find := func(name string) bool { _, err := exec.LookPath(name); return err == nil }
	return (&setup{host: doctor.Here(), exec: command, find: find, in: isIn}).command()
}

// isIn tells whether a user is in a group, as it stands in the system's files, not as it was when he logged in.
func isIn(name, group string) (bool, error) {
	u, err := user.Lookup(name)
	if err != nil {
		return false, usage.Error{Err: fmt.Errorf("--user: %w", err)}
	}
	g, err := user.LookupGroup(group)
	if err != nil {
		return false, fmt.Errorf("no group %s: the package of hillock makes it, and gives it the device nodes", group)
	}
	ids, err := u.GroupIds()
	return slices.Contains(ids, g.Gid), err
}

// command runs a command of the system; its output is told where it fails.
func command(ctx context.Context, name string, args ...string) error {
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, readable.OneLine(string(bytes.TrimSpace(out))))
	}
	return nil
}

func (s *setup) command() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "setup [FILE]",
		Short: "ready a Raspberry Pi: turn its buses on, join the groups, check the service",
		Long: `setup readies a Raspberry Pi for the configuration: it turns on the buses that the inputs are on, puts you into the
groups of the device nodes, and looks at the service. It says each step, changes only what is not yet as it should be,
and ends with what doctor finds. It may be run again at any time.`,
		Example: `  hillock setup --dry-run
  sudo hillock setup`,
		Args: cobra.MaximumNArgs(1),
		RunE: s.run,
	}
	s.add(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&s.dry, "dry-run", false, "say what would be done, and do nothing")
	flags.StringVar(&s.user, "user", "", "who is to run the neuron (default who called sudo)")
	return cmd
}

func (s *setup) run(cmd *cobra.Command, args []string) error {
	cfg, err := s.load(cmd, args)
	if err != nil {
		return err
	}
	model := s.host.Model()
	switch {
	case model == "":
		return errors.New("no Raspberry Pi here: setup readies one; elsewhere 'hillock run' takes the virtual Pi")
	case s.host.UID != 0 && !s.dry:
		return errors.New("setup changes the system: run 'sudo hillock setup', or see with --dry-run what it would do")
	}
	if s.user == "" {
		s.user = os.Getenv("SUDO_USER")
	}
	s.Printer = &readable.Printer{W: cmd.OutOrStdout()}
	s.Printf("%s\n", model)
	ctx := cmd.Context()
	if err := errors.Join(s.buses(ctx, cfg), s.groups(ctx, cfg), s.unit()); err != nil {
		return errors.Join(err, s.Err)
	}
	switch {
	case s.dry:
		return s.Err
	case s.reboot:
		s.Printf("now reboot, and run 'hillock doctor' after that\n")
		return s.Err
	case s.login:
		s.Printf("now log out and in again: groups count from then on\n")
	}
	s.Printf("\n")
	return errors.Join(s.Err, findings.Print(cmd.OutOrStdout(), s.host.SetUp(cfg)))
}

// done says that something was as it should be.
func (s *setup) done(format string, args ...any) { s.Printf("ok    "+format+"\n", args...) }

// do does something, or says that it would.
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

// buses turns on the SPI ports and I2C buses that the configuration uses.
func (s *setup) buses(ctx context.Context, cfg *config.Config) error {
	off := map[string][]string{} // ports by bus
	for _, port := range doctor.Ports(cfg) {
		if _, err := os.Stat(s.host.Path(doctor.Node(port))); err == nil {
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
				return fmt.Errorf("%s: setup turns I2C1 on alone: add the overlay of %[1]s to config.txt by hand", bus)
			}
			line = "dtoverlay=" + strings.ToLower(bus) + "-" + overlays(off[bus])
		}
		if switchOn == "" || !s.find("raspi-config") {
			if err := s.boot(line); err != nil {
				return err
			}
			continue
		}
		if err := s.do(fmt.Sprintf("turn %s on: raspi-config nonint %s 0", bus[:3], switchOn), func() error {
			return s.exec(ctx, "raspi-config", "nonint", switchOn, "0")
		}); err != nil {
			return err
		}
		s.reboot = s.reboot || s.missing(off[bus])
	}
	return nil
}

// overlays is the end of the overlay's name that has the chip selects of these ports: 1cs, 2cs or 3cs.
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
		_, err := os.Stat(s.host.Path(doctor.Node(port)))
		return err != nil
	})
}

// boot adds a line to the firmware's configuration, unless it is there.
func (s *setup) boot(line string) error {
	name := s.host.Path("/boot/firmware/config.txt")
	if _, err := os.Stat(name); err != nil { // before Debian 12
		name = s.host.Path("/boot/config.txt")
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("%w: the firmware's configuration is needed for %q", err, line)
	}
	s.reboot = true
	if regexp.MustCompile(`(?m)^\s*` + regexp.QuoteMeta(line) + `\s*$`).Match(text) {
		s.done("%s has %s: it takes a reboot", name, line)
		return nil
	}
	return s.do(fmt.Sprintf("add %q to %s", line, name), func() error {
		return outfile.Write(name, nil, func(w io.Writer) error {
			// Under [all], for the file may end in a section for another board.
			_, err := fmt.Fprintf(w, "%s\n\n# for hillock\n[all]\n%s\n", bytes.TrimRight(text, "\n"), line)
			return err
		})
	})
}

// groups puts the user into the groups of the device nodes.
func (s *setup) groups(ctx context.Context, cfg *config.Config) error {
	if s.user == "" || s.user == "root" {
		s.Printf("-     no user to put into the groups: call it with sudo from your own account, or name one with --user\n")
		return nil
	}
	var join []string
	for _, group := range doctor.Groups(cfg) {
		switch in, err := s.in(s.user, group); {
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
	return s.do(fmt.Sprintf("put %s into the groups: usermod -aG %s %s", s.user, list, s.user), func() error {
		return s.exec(ctx, "usermod", "-aG", list, s.user)
	})
}

// unit looks at the service.
func (s *setup) unit() error {
	const name = "hillock.service"
	if !slices.ContainsFunc([]string{"/lib/systemd/system/", "/etc/systemd/system/"}, func(dir string) bool {
		_, err := os.Stat(s.host.Path(dir + name))
		return err == nil
	}) {
		s.Printf("-     no %s: the package of hillock has it\n", name)
		return nil
	}
	const file = "/etc/hillock/hillock.toml"
	if _, err := config.Load(s.host.Path(file), nil); err != nil {
		return usage.Error{Err: err}
	}
	if _, err := os.Stat(s.host.Path("/etc/systemd/system/multi-user.target.wants/" + name)); err == nil {
		s.done("%s starts at boot, with %s", name, file)
	} else {
		s.done("%s is there, and off: 'sudo systemctl enable --now hillock' starts it, now and at boot, with %s", name, file)
	}
	return nil
}
