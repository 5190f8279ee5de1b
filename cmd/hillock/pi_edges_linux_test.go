package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"hillock/hw/qemupi"
)

// piSessionTest returns the tests of package session for the Pi 3B.
func piSessionTest(t *testing.T) string {
	t.Helper()
	qemupi.ForTest(t)
	exe := filepath.Join(t.TempDir(), "session.test")
	cmd := exec.Command("go", "test", "-c", "-ldflags", "-s -w", "-o", exe, "hillock/cmd/hillock/internal/session")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOARCH=arm64")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return exe
}

// side is one of two programs of a half-centre: a neuron with an output, inhibited by the edges of an input.
func side(name string, out, in int, start string) string {
	return fmt.Sprintf(`
cat >/tmp/%[1]s.toml <<'FILE'
[loop]
speed = 1
[input.drive]
driver = "wave"
shape = "constant"
mean = "2.5 nA"
[input.other]
driver = "edge"
pin = "GPIO%[3]d"
dead = "1 ms"
[neuron.%[1]s]
t_ref = "2 ms"
b = "0.2 nA"
tau_w = "300 ms"
v_start = "%[4]s"
input = "drive"
[synapse.against]
from = "other"
to = "%[1]s"
kind = "exp"
weight = "-3 nA"
tau = "20 ms"
delay = "0.1 ms"
[output.%[1]s]
driver = "pulse"
pin = "GPIO%[2]d"
neuron = "%[1]s"
width = "2 ms"
FILE
chmod 644 /tmp/%[1]s.toml`, name, out, in, start)
}

// TestPiEdges times edges by the kernel of a Pi 3B, and wires two programs to a half-centre.
func TestPiEdges(t *testing.T) {
	bootParts(t, qemupi.Guest{Board: qemupi.Boards()[0], Tree: qemupi.RaspberryPiOS, Files: []string{piSessionTest(t)}}, []piPart{
		{"latency", fmt.Sprintf(`
export HILLOCK_TEST_IN_GUEST=1 HILLOCK_TEST_WIRES=$W HILLOCK_TEST_EDGES=%s
session.test -test.v -test.run '^TestEdgesInGuest$'`, os.Getenv("HILLOCK_TEST_EDGES")), func(t *testing.T, g *guest) {
			if g.Status != 0 || !strings.Contains(g.Output, "--- PASS: TestEdgesInGuest") {
				t.Errorf("got exit status %d", g.Status)
			}
			for line := range strings.Lines(g.Output) {
				if strings.Contains(line, " lost; ") {
					t.Log(strings.TrimSpace(line))
				}
			}
		}},
		{"half-centre of two programs", side("left", 17, 23, "-70 mV") + side("right", 27, 22, "-60 mV") + `
back 22 17
HILLOCK_TEST_WIRES=$W HILLOCK_TEST_WIRE="27 23" session.test -test.run '^TestWireInGuest$' & wire=$!
pi "exec hillock run --hw real --duration 3s --summary /tmp/left.json /tmp/left.toml" >/tmp/left.log 2>&1 & left=$!
pi "exec hillock run --hw real --duration 3s --summary /tmp/right.json /tmp/right.toml" >/tmp/right.log 2>&1 & right=$!
wait $left; status=$?; wait $right || status=$?; kill $wire; back 255 255
cat /tmp/left.log /tmp/right.log /tmp/left.json /tmp/right.json; ( exit $status )`, func(t *testing.T, g *guest) {
			if g.Status != 0 {
				t.Errorf("got exit status %d", g.Status)
			}
			g.takesTurns(17, 27)
		}},
	})
}

// takesTurns checks that two outputs have pulses in turn: nine of ten pulses are in turns of three or more. Without the wires the two
// neurons fire at the same rate, and a turn has one pulse. On a loaded machine a late tick can break a turn.
func (g *guest) takesTurns(left, right int) {
	g.t.Helper()
	var pulses []int // by turn
	last := 0
	for _, e := range g.Edges {
		switch {
		case !e.High || e.Line != left && e.Line != right:
		case e.Line != last:
			pulses, last = append(pulses, 1), e.Line
		default:
			pulses[len(pulses)-1]++
		}
	}
	all, inTurns, turns := 0, 0, 0
	for _, n := range pulses {
		all += n
		if n >= 3 {
			inTurns, turns = inTurns+n, turns+1
		}
	}
	if turns < 6 || inTurns*10 < all*9 {
		g.t.Errorf("got turns of %v pulses, want six turns or more of three or more, with nine of ten pulses", pulses)
	}
	g.t.Logf("pulses of the turns: %v", pulses)
}
