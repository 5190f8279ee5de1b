package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"hillock/hw/qemupi"
	"hillock/neuron"
)

// Tests with names that begin with TestPi run hillock on emulated Raspberry Pis: see hw/qemupi.

// piPrograms returns a folder with hillock for each architecture of qemupi.Boards, built once.
var piPrograms = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "hillock-pi")
	if err != nil {
		return "", err
	}
	for _, arch := range []string{"arm64", "arm"} {
		cmd := exec.Command("go", "build", "-ldflags", "-s -w", "-o", filepath.Join(dir, arch, "hillock"), "hillock/cmd/hillock")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOARCH="+arch, "GOARM=6")
		if out, e := cmd.CombinedOutput(); e != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w: %s", arch, e, out))
		}
	}
	return dir, err
})

// bootPi runs a script on an emulated Pi, as boot does on the kernel as a process. The script runs as root, and hillock as the
// user pi of the groups gpio, spi and i2c.
func bootPi(t *testing.T, p qemupi.Guest, script string) *guest {
	t.Helper()
	folder := qemupi.ForTest(t)
	t.Parallel()
	programs, err := piPrograms()
	if err != nil {
		t.Fatal(err)
	}
	p.Files = append(p.Files, filepath.Join(programs, p.Board.GOARCH, "hillock"))
	r, err := folder.Run(t.Context(), p, `
start() { su pi -c "exec hillock run --hw real --log-format text --duration 1m --summary /tmp/summary --set loop.speed=1 --set output.led.width=5ms $*" </dev/null >/tmp/out 2>/tmp/log & pid=$!; }
run() { start "$@"; wait $pid; }
mark() { echo "mark $1 $(cut -d" " -f1 /proc/uptime)"; }
part() { echo; echo "== $1"; }
`+script+`
status=$?
for f in summary out log; do part $f; cat /tmp/$f 2>/dev/null; echo; done
( exit $status )`)
	if err != nil {
		t.Fatal(err)
	}
	g := &guest{r, t}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%s, exit status %d, %d edges of GPIO17; output\n%s", p.Board.Name, g.Status, len(g.Levels(17)), g.Output)
		}
	})
	return g
}

// eachPi runs a test on each board.
func eachPi(t *testing.T, test func(t *testing.T, b qemupi.Board)) {
	t.Helper()
	qemupi.ForTest(t)
	for _, b := range qemupi.Boards() {
		t.Run(b.Name, func(t *testing.T) { test(t, b) })
	}
}

func TestPiSpikesAreThoseOfTheEquation(t *testing.T) {
	eachPi(t, func(t *testing.T, b qemupi.Board) {
		g := bootPi(t, qemupi.Guest{Board: b, Tree: qemupi.RaspberryPiOS}, `
knob 438; run --duration 5s`)
		s := g.summary()
		p, current := neuron.Default(), 5*(438./1023)
		if want := p.SpikeCount(current, 50_000); g.Status != 0 || s.Ticks != 5000 || s.SkippedMs != 0 || s.ReadErrors != 0 || s.Neurons[0].Spikes != want {
			t.Errorf("got exit status %d and %+v, want 5000 ticks and %d spikes", g.Status, s, want)
		}
		up, down := g.pulses()
		if int64(len(up)) != s.Neurons[0].Spikes || len(down) != len(up) {
			t.Errorf("the scope saw GPIO17 rise %d times and fall %d times, want %d", len(up), len(down), s.Neurons[0].Spikes)
		}
		board := map[string]string{"3b": "Raspberry Pi 3 Model B", "4b": "Raspberry Pi 4 Model B", "zero": "Raspberry Pi Zero"}[b.Name]
		g.wants(fmt.Sprintf("where=%q", board))
	})
}
