package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"hillock/hw/kernelpi"
	"hillock/hw/qemupi"
)

// Tests with names that begin with TestPi run hillock on emulated Raspberry Pis: see hw/qemupi.

// piPrograms returns a folder with hillock for each architecture of qemupi.Boards, built once.
var piPrograms = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(guestPrograms, "pi")
	var err error
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
	g := runPi(t, p, script+`
report`)
	showFailed(t, p, g)
	return g
}

// runPi boots a Pi for bootPi and bootParts. The script's report prints the files of the latest run.
func runPi(t *testing.T, p qemupi.Guest, script string) *guest {
	t.Helper()
	folder := qemupi.ForTest(t)
	t.Attr("board", p.Board.Name) // for the table of make test-pi
	t.Parallel()
	programs, err := piPrograms()
	if err != nil {
		t.Fatal(err)
	}
	p.Files = append(p.Files, filepath.Join(programs, p.Board.GOARCH, "hillock"))
	script = `
start() { su pi -c "exec hillock run --hw real --log-format text --duration 1m --summary /tmp/summary --set loop.speed=1 --set output.led.width=5ms $*" </dev/null >/tmp/out 2>/tmp/log & pid=$!; }
run() { start "$@"; wait $pid; }
part() { echo; echo "== $1"; }
report() { status=$?; for f in summary out log; do part $f; cat /tmp/$f 2>/dev/null; echo; done; rm -f /tmp/summary /tmp/out /tmp/log; ( exit $status ); }
` + script
	r, err := bootWithin(t, folder, p, script)
	if err != nil {
		t.Logf("the emulated Pi starts once more after: %v", err)
		r, err = bootWithin(t, folder, p, script)
	}
	if err != nil {
		t.Fatal(err)
	}
	return &guest{r, t}
}

// bootTime is far above the time of a boot with its job: 10 s to 100 s.
const bootTime = 4 * time.Minute

// bootWithin boots a Pi for at most bootTime. On a busy host QEMU's guest stands still now and then, or its kernel dies. A fault of
// hillock fails the second boot too: the guest's time is its own.
func bootWithin(t *testing.T, folder qemupi.Folder, p qemupi.Guest, script string) (*kernelpi.Result, error) {
	ctx, cancel := context.WithTimeout(t.Context(), bootTime)
	defer cancel()
	return folder.Run(ctx, p, script)
}

func showFailed(t *testing.T, p qemupi.Guest, g *guest) {
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%s, exit status %d, %d edges of GPIO17; output\n%s", p.Board.Name, g.Status, len(g.Levels(17)), g.Output)
		}
	})
}

// piConfig writes /tmp/NAME.toml in a guest: the kit with keys of another knob, and with more tables.
func piConfig(name, knob, more string) string {
	return fmt.Sprintf("\ncat >/tmp/%s.toml <<'FILE'\n[input.knob]\n%s\n[neuron.n1]\ninput = \"knob\"\n"+
		"[output.led]\ndriver = \"pulse\"\npin = \"GPIO17\"\nneuron = \"n1\"\n%s\nFILE\nchmod 644 /tmp/%s.toml\n", name, knob, more, name)
}

// piPart is a script on an emulated Pi with its check.
type piPart struct {
	name, script string
	check        func(t *testing.T, g *guest)
}

// bootParts runs parts on one emulated Pi, one after the other: a boot takes more time than a part. Each has its own output, exit
// status and edges.
func bootParts(t *testing.T, p qemupi.Guest, parts []piPart) {
	t.Helper()
	var script strings.Builder
	for _, part := range parts {
		fmt.Fprintf(&script, "mark begin; ( %s\n); report; echo \"end $?\"; mark end\n", part.script)
	}
	all := runPi(t, p, script.String())
	sections := piSections(all)
	if len(sections) != len(parts) {
		t.Fatalf("got %d parts of output, want %d:\n%s", len(sections), len(parts), all.Output)
	}
	for i, part := range parts {
		t.Run(part.name, func(t *testing.T) {
			g := &guest{sections[i], t}
			showFailed(t, p, g)
			part.check(t, g)
		})
	}
}

var piSection = regexp.MustCompile(`(?ms)^mark begin ([0-9.]+)\n(.*?)^end (\d+)\nmark end ([0-9.]+)\n`)

// piSections returns the result of each part.
func piSections(g *guest) (all []*kernelpi.Result) {
	for _, m := range piSection.FindAllStringSubmatch(g.Output, -1) {
		r := &kernelpi.Result{Output: m[2]}
		r.Status, _ = strconv.Atoi(m[3])
		from, to := seconds(m[1]), seconds(m[4])
		for _, e := range g.Edges {
			if e.At > from && e.At < to {
				r.Edges = append(r.Edges, e)
			}
		}
		all = append(all, r)
	}
	return all
}

// eachPi runs a test on each board.
func eachPi(t *testing.T, test func(t *testing.T, b qemupi.Board)) {
	t.Helper()
	qemupi.ForTest(t)
	t.Parallel() // a boot of another test runs beside the last one of this test
	for _, b := range qemupi.Boards() {
		t.Run(b.Name, func(t *testing.T) { test(t, b) })
	}
}

// piModel returns the name of a board in messages.
func piModel(b qemupi.Board) string {
	return map[string]string{"3b": "Raspberry Pi 3 Model B", "4b": "Raspberry Pi 4 Model B", "zero": "Raspberry Pi Zero"}[b.Name]
}
