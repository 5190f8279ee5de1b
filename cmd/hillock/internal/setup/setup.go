// Package setup prepares a Raspberry Pi for a configuration.
package setup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"slices"
	"strconv"
	"strings"
	"time"

	"hillock/cmd/hillock/internal/findings"
	"hillock/cmd/hillock/internal/readable"
	"hillock/cmd/hillock/internal/usage"
	"hillock/config"
	"hillock/hw/clock"
	"hillock/hw/doctor"
	"hillock/hw/part"
)

// System is the machine to prepare.
type System struct {
	Host     doctor.Host
	Exec     func(ctx context.Context, name string, args ...string) error // runs a command
	Find     func(name string) bool                                       // reports whether a program exists
	Account  func(user string) (Account, error)
	HasGroup func(group string) bool
	Sleep    func(time.Duration)
}

// Account is a user in the system's files. A new login has these groups; an older one keeps its own.
type Account struct {
	UID    int
	Groups []string // by name
}

// Here returns this machine.
func Here() System {
	find := func(name string) bool { _, err := exec.LookPath(name); return err == nil }
	hasGroup := func(name string) bool { _, err := user.LookupGroup(name); return err == nil }
	return System{doctor.Here(), command, find, account, hasGroup, time.Sleep}
}

// Options are the options of Run.
type Options struct {
	DryRun bool   // print the steps and change nothing
	User   string // to add to the groups; "" for the user of sudo
}

// Run prepares a Pi for a configuration. It prints each step to w and ends with the doctor's findings for the user, with the
// groups of the next login. Each step checks before it changes anything: Run may be called again. On another machine a dry run prints the steps for a new Pi.
func Run(ctx context.Context, w io.Writer, cfg *config.Config, system System, o Options) error {
	s := &setup{System: system, dry: o.DryRun, user: o.User, Report: findings.New(w), byHand: map[string]string{}}
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
	found, err := s.findings(cfg)
	if err != nil {
		return err
	}
	s.Printf("\n")
	for _, f := range found {
		s.Add(f)
	}
	return s.End()
}

// findings returns the doctor's findings for the user.
func (s *setup) findings(cfg *config.Config) ([]doctor.Finding, error) {
	host := s.Host
	if s.named() {
		account, err := s.Account(s.user)
		if err != nil {
			return nil, err
		}
		host = host.As(account.UID, account.Groups)
	}
	found := host.SetUp(cfg)
	for i := range found {
		if do := s.byHand[found[i].Check]; do != "" {
			found[i].Do = do
		}
	}
	return found, nil
}

// freshPi is a Pi with a new system: raspi-config, and no bus, group or service yet.
var freshPi = System{
	Host:     doctor.Host{Root: "/nonexistent"},
	Find:     func(string) bool { return true },
	Account:  func(string) (Account, error) { return Account{}, nil },
	HasGroup: func(string) bool { return true },
}

// setup is one call of Run.
type setup struct {
	System
	dry  bool
	user string
	*findings.Report
	reboot, login bool              // needed after a change
	byHand        map[string]string // remedies for ports beyond setup
}

// fresh reports whether the machine is freshPi.
func (s *setup) fresh() bool { return s.Host.Root == freshPi.Host.Root }

// named reports whether there is a user to prepare the Pi for.
func (s *setup) named() bool { return s.user != "" && s.user != "root" }

// account reads a user from the system's files.
func account(name string) (Account, error) {
	u, err := user.Lookup(name)
	if err != nil {
		return Account{}, usage.Error{Err: fmt.Errorf("--user: %w", err)}
	}
	ids, err := u.GroupIds()
	if err != nil {
		return Account{}, err
	}
	uid, err := strconv.Atoi(u.Uid)
	a := Account{UID: uid}
	for _, id := range ids {
		if g, err := user.LookupGroupId(id); err == nil {
			a.Groups = append(a.Groups, g.Name)
		}
	}
	return a, err
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
func (s *setup) done(format string, args ...any) { s.step(doctor.Passed, format, args...) }

// step prints the result of a step, marked as in the doctor's findings.
func (s *setup) step(result doctor.Result, format string, args ...any) {
	s.Printf("%s  %s\n", s.Mark(result), fmt.Sprintf(format, args...))
}

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

// realTimeGroup is the group with the service's real-time rights: deploy/hillock.limits and deploy/70-hillock.rules.
const realTimeGroup = "hillock"

// groups adds the user to the groups of the device nodes, and of real time unless the configuration has it off.
func (s *setup) groups(ctx context.Context, cfg *config.Config) error {
	if !s.named() {
		s.step(doctor.Skipped, "no user to add to the groups: run sudo from your own account, or name a user with --user")
		return nil
	}
	account, err := s.Account(s.user)
	if err != nil {
		return err
	}
	all := doctor.Groups(cfg)
	if cfg.Loop.Realtime != string(clock.Off) {
		all = append(all, realTimeGroup)
	}
	var join []string
	for _, group := range all {
		switch {
		case slices.Contains(account.Groups, group):
			s.done("%s is in the group %s", s.user, group)
		case s.HasGroup(group):
			join = append(join, group)
		case group == realTimeGroup:
			s.step(doctor.Skipped, "no group %s: the hillock package creates it, and gives real time to it", group)
		default:
			return fmt.Errorf("no group %s: install the hillock package: it creates the group and gives the device nodes to it", group)
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
		s.step(doctor.Skipped, "no %s: the package of hillock installs it", name)
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
