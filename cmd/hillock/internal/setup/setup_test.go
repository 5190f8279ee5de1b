package setup

import (
	"context"
	"errors"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hillock/config"
	"hillock/hw/doctor"
	"hillock/hw/part"
)

// pi is a made-up machine to set up: its files, and the commands run on it.
type pi struct {
	t      *testing.T
	root   string
	groups []string // of the user
	lacks  string   // a missing group
	ran    []string
	found  []string          // programs beside raspi-config
	run    map[string]func() // effects of command lines
	slept  time.Duration
	later  func() // after each sleep
}

func newPi(t *testing.T, files map[string]string) *pi {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("SKIPPED: setup: a Pi has no Windows")
	}
	p := &pi{t: t, root: t.TempDir(), run: map[string]func(){}, later: func() {}}
	p.write("/proc/device-tree/model", "Raspberry Pi 4 Model B Rev 1.4\x00")
	p.write("/proc/device-tree/__overrides__/name", "__overrides__\x00")
	for name, text := range files {
		p.write(name, text)
	}
	return p
}

func (p *pi) write(name, text string) {
	p.t.Helper()
	file := filepath.Join(p.root, name)
	mode := os.FileMode(0o644)
	if strings.HasPrefix(name, "/dev/") {
		mode = 0o660
	}
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), mode), os.Chmod(file, mode)); err != nil {
		p.t.Fatal(err)
	}
}

func (p *pi) remove(name string) {
	p.t.Helper()
	if err := os.RemoveAll(filepath.Join(p.root, name)); err != nil {
		p.t.Fatal(err)
	}
}

// setUp runs setup for a configuration's text, as root unless uid says else, and returns what it printed.
func (p *pi) setUp(uid int, raspiConfig func() error, text string, o Options) (string, error) {
	p.t.Helper()
	cfg, err := config.Parse("my.toml", []byte(text), nil, part.Kinds())
	if err != nil {
		p.t.Fatal(err)
	}
	system := System{
		Host: doctor.Host{Root: p.root, UID: uid},
		Exec: func(_ context.Context, name string, args ...string) error {
			line := name + " " + strings.Join(args, " ")
			p.ran = append(p.ran, line)
			switch name {
			case "raspi-config":
				return raspiConfig()
			case "usermod":
				p.groups = append(p.groups, strings.Split(args[1], ",")...)
			case "modprobe", "dtparam", "dtoverlay":
				if p.run[line] == nil {
					return errors.New("exit status 1")
				}
				p.run[line]()
			}
			return nil
		},
		Find: func(name string) bool {
			return name == "raspi-config" && raspiConfig != nil || slices.Contains(p.found, name)
		},
		Account: func(user string) (Account, error) {
			if user == "nobody-has-this-name" {
				return account(user)
			}
			return Account{UID: 1000, Groups: p.groups}, nil
		},
		HasGroup: func(group string) bool { return group != p.lacks },
		Sleep:    func(d time.Duration) { p.slept += d; p.later() },
	}
	var out strings.Builder
	err = Run(p.t.Context(), &out, cfg, system, o)
	return strings.ReplaceAll(out.String(), p.root, ""), err
}

// builtIn is the text of the built-in configuration.
var builtIn = string(config.DefaultTOML())

const bootFile = "/boot/firmware/config.txt"

func TestSetupTurnsSPIOnAndCanBeRunAgain(t *testing.T) {
	t.Setenv("SUDO_USER", "")
	p := newPi(t, map[string]string{"/dev/gpiochip0": "", "/lib/systemd/system/hillock.service": "", "/etc/hillock/hillock.toml": builtIn})
	on := func() error { p.write("/dev/spidev0.0", ""); return nil }
	want := "Raspberry Pi 4 Model B Rev 1.4\n" +
		"did   turn SPI on: raspi-config nonint do_spi 0\n" +
		"skip  no user to add to the groups: run sudo from your own account, or name a user with --user\n" +
		"ok    hillock.service is off: 'sudo systemctl enable --now hillock' starts it now and at boot, with /etc/hillock/hillock.toml\n" +
		"\n"
	out, err := p.setUp(0, on, builtIn, Options{})
	if err != nil || !strings.HasPrefix(out, want) || !strings.Contains(out, "ok    SPI0.0   /dev/spidev0.0") {
		t.Errorf("got %v and\n%s\nwant\n%s", err, out, want)
	}
	if out, err = p.setUp(0, on, builtIn, Options{}); err != nil || !strings.Contains(out, "ok    SPI0.0 is on: /dev/spidev0.0\n") || len(p.ran) != 1 {
		t.Errorf("the second time: got %v, ran %q and\n%s\nwant nothing done", err, p.ran, out)
	}
}

func TestSetupWithoutRaspiConfigWritesTheFirmwaresFile(t *testing.T) {
	t.Setenv("SUDO_USER", "")
	before := "# my own\n#dtparam=spi=on\n[pi4]\narm_boost=1"
	p := newPi(t, map[string]string{bootFile: before, "/dev/gpiochip0": ""})
	if out, err := p.setUp(1000, nil, builtIn, Options{DryRun: true}); err != nil || !strings.Contains(out, `would add "dtparam=spi=on" to `+bootFile) || p.text(bootFile) != before {
		t.Errorf("got %v and\n%s\nwant nothing changed", err, out)
	}
	out, err := p.setUp(0, nil, builtIn, Options{})
	if want := before + "\n\n# for hillock\n[all]\ndtparam=spi=on\n"; err != nil || p.text(bootFile) != want {
		t.Errorf("got %v and\n%s\nwant\n%s", err, p.text(bootFile), want)
	}
	const want = "now reboot, then run 'hillock doctor'\n"
	if !strings.HasSuffix(out, want) {
		t.Errorf("got\n%s\nwant at its end %s", out, want)
	}
	after := p.text(bootFile)
	if out, err := p.setUp(0, nil, builtIn, Options{}); err != nil || p.text(bootFile) != after || !strings.Contains(out, "ok    "+bootFile+" has dtparam=spi=on\n") || !strings.HasSuffix(out, want) {
		t.Errorf("the second time: got %v and\n%s", err, out)
	}
	out, err = p.setUp(0, nil, strings.NewReplacer("SPI0.0", "SPI1.1", "GPIO17", "GPIO27").Replace(builtIn), Options{})
	if err != nil || !strings.HasSuffix(p.text(bootFile), "[all]\ndtoverlay=spi1-2cs\n") {
		t.Errorf("SPI1.1: got %v, %s and\n%s", err, out, p.text(bootFile))
	}
}

func TestSetupTurnsI2COnWhereTheConfigurationNeedsIt(t *testing.T) {
	const ads = "[input.knob]\ndriver = \"ads1115\"\n[neuron.n1]\ninput = \"knob\"\n"
	p := newPi(t, map[string]string{bootFile: "# mine\n", "/dev/gpiochip0": ""})
	out, err := p.setUp(0, nil, ads, Options{User: "ada"})
	if err != nil || !strings.HasSuffix(p.text(bootFile), "[all]\ndtparam=i2c_arm=on\n") || !slices.Equal(p.ran, []string{"usermod -aG gpio,i2c,hillock ada"}) {
		t.Errorf("got %v, ran %q, %s and\n%s", err, p.ran, out, p.text(bootFile))
	}
	on := func() error { p.write("/dev/i2c-1", ""); return nil }
	if out, err = p.setUp(0, on, ads, Options{User: "ada"}); err != nil || p.ran[len(p.ran)-1] != "raspi-config nonint do_i2c 0" || !strings.Contains(out, "ok    I2C1     /dev/i2c-1") {
		t.Errorf("got %v, ran %q and\n%s", err, p.ran, out)
	}
}

func (p *pi) text(name string) string {
	b, err := os.ReadFile(filepath.Join(p.root, name))
	if err != nil {
		p.t.Fatal(err)
	}
	return string(b)
}

func TestSetupRefuses(t *testing.T) {
	t.Setenv("SUDO_USER", "")
	healthy := map[string]string{"/dev/gpiochip0": "", "/dev/spidev0.0": ""}
	for _, tt := range []struct {
		name  string
		uid   int
		files map[string]string
		raspi func() error
		user  string
		want  string
	}{
		{"no root", 1000, healthy, nil, "", "setup changes the system: run 'sudo hillock setup'; --dry-run prints the steps"},
		{"no such user", 0, healthy, nil, "nobody-has-this-name", "--user: user: unknown user nobody-has-this-name"},
		{"raspi-config fails", 0, map[string]string{"/dev/gpiochip0": ""}, func() error { return errors.New("exit status 1") }, "",
			"turn SPI on: raspi-config nonint do_spi 0: exit status 1"},
		{"no firmware", 0, map[string]string{"/dev/gpiochip0": ""}, nil, "", `no such file or directory: no firmware configuration to add "dtparam=spi=on" to`},
		{"a bad file of the service", 0, map[string]string{"/dev/gpiochip0": "", "/dev/spidev0.0": "", "/lib/systemd/system/hillock.service": "", "/etc/hillock/hillock.toml": "x = 1"}, nil, "",
			"/etc/hillock/hillock.toml:1:1: unknown key x: the tables are loop, net, input, neuron, synapse, output"},
		{"no GPIO", 0, map[string]string{"/dev/spidev0.0": ""}, nil, "", "1 check failed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPi(t, tt.files)
			if _, err := p.setUp(tt.uid, tt.raspi, builtIn, Options{User: tt.user}); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
	p := newPi(t, nil)
	p.root = t.TempDir()
	if _, err := p.setUp(0, nil, builtIn, Options{}); err == nil || err.Error() != "no Raspberry Pi here: run setup on the Pi; --dry-run prints its steps on any machine" {
		t.Errorf("got %v on a machine that is none", err)
	}
}

func TestDryRunElsewherePrintsTheStepsForANewPi(t *testing.T) {
	for _, tt := range []struct{ port, want string }{
		{"SPI0.0", "would turn SPI on: raspi-config nonint do_spi 0\n"},
		{"SPI1.1", "would add \"dtoverlay=spi1-2cs\" to /boot/firmware/config.txt\n"},
	} {
		p := newPi(t, nil)
		p.root = t.TempDir()
		out, err := p.setUp(1000, nil, strings.NewReplacer("SPI0.0", tt.port, "GPIO17", "GPIO27").Replace(builtIn), Options{DryRun: true, User: "ada"})
		want := "no Raspberry Pi here; on a new one, setup\n" + tt.want +
			"would add ada to the groups: usermod -aG gpio,spi,hillock ada\nskip  no hillock.service: the package of hillock installs it\n"
		if err != nil || out != want || p.ran != nil {
			t.Errorf("%s: got %v, ran %q and\n%s\nwant\n%s", tt.port, err, p.ran, out, want)
		}
	}
}

func TestSetupPutsTheUserIntoTheGroups(t *testing.T) {
	p := newPi(t, map[string]string{"/dev/gpiochip0": "", "/dev/spidev0.0": ""})
	p.groups = []string{"spi", "hillock"}
	out, err := p.setUp(0, nil, builtIn, Options{User: "ada"})
	if err != nil || len(p.ran) != 1 || p.ran[0] != "usermod -aG gpio ada" || !strings.Contains(out, "ok    ada is in the group spi\n") ||
		!strings.Contains(out, "did   add ada to the groups: usermod -aG gpio ada\n") || !strings.Contains(out, "now log out and in again") {
		t.Errorf("got %v, ran %q and\n%s", err, p.ran, out)
	}
}

// On a Pi 5, the finding about root would always fail: sudo runs setup.
func TestChecksAreTheUsers(t *testing.T) {
	t.Setenv("SUDO_USER", "ada")
	p := newPi(t, map[string]string{"/dev/gpiochip0": "", "/dev/spidev0.0": ""})
	p.write("/proc/device-tree/model", "Raspberry Pi 5 Model B Rev 1.0\x00")
	p.write("/proc/device-tree/compatible", "raspberrypi,5-model-b\x00brcm,bcm2712\x00")
	out, err := p.setUp(0, nil, builtIn, Options{})
	_, got, _ := strings.Cut(out, "ok    system")
	_, got, _ = strings.Cut(got, "\n")
	want := "skip  power    not checked: neither vcgencmd nor the kernel's rpi_volt reports it\n" +
		"ok    user     not root, in gpio, in spi\n" +
		"ok    GPIO     /dev/gpiochip0, -rw-rw----, group gpio\n" +
		"ok    SPI0.0   /dev/spidev0.0, -rw-rw----, group spi\n" +
		"skip  realtime not checked: the user's rights count from the next login\n" +
		"\n5 checks passed, 2 skipped: power (neither vcgencmd nor the kernel's rpi_volt reports it), realtime (the user's\n" +
		"rights count from the next login)\n"
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("got %v and (-want +got):\n%s", err, diff)
	}
}

func TestMissingGroup(t *testing.T) {
	p := newPi(t, map[string]string{"/dev/gpiochip0": "", "/dev/spidev0.0": ""})
	p.lacks = "hillock" // a program without its package
	if out, err := p.setUp(0, nil, builtIn, Options{User: "ada"}); err != nil || !slices.Equal(p.ran, []string{"usermod -aG gpio,spi ada"}) ||
		!strings.Contains(out, "skip  no group hillock: the hillock package creates it, and gives real time to it\n") {
		t.Errorf("got %v, ran %q and\n%s", err, p.ran, out)
	}
	p.lacks = "gpio"
	p.groups = nil
	const want = "no group gpio: install the hillock package: it creates the group and gives the device nodes to it"
	if _, err := p.setUp(0, nil, builtIn, Options{User: "ada"}); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	p.lacks, p.ran = "", nil
	if _, err := p.setUp(0, nil, builtIn+"\n", Options{User: "ada"}); err != nil || !slices.Equal(p.ran, []string{"usermod -aG gpio,spi,hillock ada"}) {
		t.Errorf("got %v, ran %q", err, p.ran)
	}
}

func TestAccount(t *testing.T) {
	u, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	g, err := user.LookupGroupId(u.Gid)
	if err != nil {
		t.Skip("SKIPPED: the groups of a user:", err)
	}
	if got, err := account(u.Username); err != nil || got.UID != os.Getuid() || !slices.Contains(got.Groups, g.Name) {
		t.Errorf("got %+v, %v; want %s in the group %s", got, err, u.Username, g.Name)
	}
}
