package main

import (
	"fmt"
	"strings"
	"testing"

	"hillock/hw/qemupi"
)

// long runs in the middle of a pulse; during prints the level and the holder of GPIO17.
const long = `
long() { start --set output.led.width=60s --set loop.tick=10ms "$@"; }
during() { sleep 0.8; echo "during $(level 17) $(holder 17)"; mark before; }
`

// keepLevels is an argument of the kernel. Raspberry Pi OS has it by default: its kernel keeps the level of a released output.
const keepLevels = "pinctrl_bcm2835.persist_gpio_outputs=1"

// TestPiEnds ends runs in the middle of a pulse, and prepares the Pi for users. The kernel keeps the level of a released pin, as on
// Raspberry Pi OS, so that only hillock puts it low. The Zero's kernel, 6.1, cannot keep it.
func TestPiEnds(t *testing.T) {
	eachPi(t, func(t *testing.T, b qemupi.Board) {
		parts := []piPart{
			piEnd("end of its time", `long --duration 1500ms; during; wait $pid`, 0, ""),
			piEnd("second signal", `
mkfifo /tmp/out; sleep 1000 <>/tmp/out & sleeper=$!
dd if=/dev/zero of=/tmp/out bs=4096 count=16 2>/dev/null # the summary waits
long; during; kill -TERM $pid; sleep 0.3; kill -INT $pid; wait $pid; status=$?
kill $sleeper; rm /tmp/out; ( exit $status )`, 130, "hillock: ended at once by a second signal: interrupt\n"),
			piEnd("unread log", `
mkfifo /tmp/log; sleep 2 </tmp/log & long; during; wait $pid; status=$?; rm /tmp/log; ( exit $status )`, 1, ""),
		}
		for _, signal := range []string{"INT", "TERM", "QUIT", "HUP"} {
			parts = append(parts, piEnd("SIG"+signal, `long; during; kill -`+signal+` $pid; wait $pid`, 0, ""))
		}
		bootParts(t, qemupi.Guest{Board: b, Tree: qemupi.RaspberryPiOS, Arguments: keepLevels}, append(parts, piUsers(b)...))
	})
}

// piEnd ends a run. The line is low and free afterwards.
func piEnd(name, script string, status int, says string) piPart {
	return piPart{name, long + script + `
status=$?; mark after; echo "after $(level 17) $(holder 17)"; ( exit $status )`, func(t *testing.T, g *guest) {
		if g.Status != status {
			t.Errorf("got exit status %d, want %d", g.Status, status)
		}
		g.wants(says)
		levels, marks := g.Levels(17), g.marks()
		if n := len(levels); n != 2 || levels[0].At > marks["before"] || levels[1].At < marks["before"] || levels[1].At > marks["after"] {
			t.Errorf("the scope saw levels %v of GPIO17, want it high until the end, between %v and %v", levels, marks["before"], marks["after"])
		}
		_, during, _ := strings.Cut(g.Output, "during 0x00000001 ")
		during, _, _ = strings.Cut(during, "\n")
		if !strings.HasPrefix(during, "GPIO17 ") || !strings.Contains(during, " |hillock@") {
			t.Errorf("got a high line %q during the run, want GPIO17, held by hillock", during)
		}
		if want := fmt.Sprintf("after 0x00000000 %-20s\n", "GPIO17"); !strings.Contains(g.Output, want) {
			t.Errorf("got no %q: the line is low and free", want)
		}
	}}
}

// Steps of setup without the package of hillock.
const (
	noService = "skip  no hillock.service: the package of hillock installs it\n"
	noGroup   = "skip  no group hillock: the hillock package creates it, and gives real time to it\n"
	inGroups  = "ok    pi is in the group gpio\nok    pi is in the group spi\n"
	noUser    = "skip  no user to add to the groups: run sudo from your own account, or name a user with --user\n"
)

// piUsers are commands of users with and without groups.
func piUsers(b qemupi.Board) (parts []piPart) {
	found := piModel(b) + "\nok    SPI0.0 is on: /dev/spidev0.0\n"
	for _, tt := range []struct {
		name, script string
		status       int
		want         string
	}{
		{"setup by root", `hillock setup --dry-run`, 0, found + noUser + noService},
		{"setup by a user with groups", `pi hillock setup --dry-run`, 0, found + inGroups + noGroup + noService},
		{"setup by a user without groups", `as guest hillock setup --dry-run`, 0, found + noGroup + "would add guest to the groups: usermod -aG gpio,spi guest\n" + noService},
		{"run by a user without groups", `as guest hillock run --hw real --plain --duration 1s`, 1,
			"hillock: output led: GPIO17: open /dev/gpiochip0: permission denied: join its group with 'sudo usermod -aG gpio $USER' and log in again\n"},
	} {
		parts = append(parts, piText(tt.name, tt.script, tt.status, tt.want))
	}
	return parts
}

// piText compares the exit status and the whole output of a command.
func piText(name, command string, status int, want string) piPart {
	return piPart{name, command + " >/tmp/out 2>&1", func(t *testing.T, g *guest) {
		if got := strings.TrimSuffix(g.part("out"), "\n"); g.Status != status || got != want {
			t.Errorf("got exit status %d and\n%s\nwant %d and\n%s", g.Status, got, status, want)
		}
	}}
}
