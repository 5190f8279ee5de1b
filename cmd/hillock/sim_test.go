package main

import (
	"context"
	"crypto/sha256"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hillock/cmd/hillock/internal/session"
	"hillock/cmd/hillock/internal/usage"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/clock"
	"hillock/hw/part"
	"hillock/neuron"
)

func TestWorksheetByteForByte(t *testing.T) {
	t.Parallel()
	for ri, want := range map[string]string{
		"10":   "7422e7e27a3e5c4f7da23828e7fed9da4aa2421fb0d51475776694cfc099e268",
		"16":   "bb5f4ba73a06a042af303ba53c7f9b91500fc57917b5c302a066fe3e2a811541",
		"20":   "9997c81d5e42deb89804194ed840a6d08e5afbf9ac135c5c2c0c904c1cf3f93a",
		"20.0": "9997c81d5e42deb89804194ed840a6d08e5afbf9ac135c5c2c0c904c1cf3f93a",
		"30":   "1e6f3818c1a67e9be102097de95bde49ebde423495d9c9f7a912185f8272705b",
		"50":   "5a3358ddb9038102863c8e31a149624774b336e72f5ef311a5b9cae1da264c08",
	} {
		out, _, err := hillock(t.Context(), "sim", "--worksheet", ri)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%x", sha256.Sum256([]byte(out))); got != want || len(out) != 40_002 {
			t.Errorf("R_I %s: got %d bytes with sha256 %s, want 40002 with %s", ri, len(out), got, want)
		}
	}
}

func TestSimRunsAnyNumberOfSteps(t *testing.T) {
	t.Parallel()
	p := neuron.Default()
	for _, steps := range []int64{1, 137, 138, 9973, 10_000, 19_999, 20_010} {
		out, _, err := hillock(t.Context(), "sim", "--current", "2 nA", "--duration", fmt.Sprintf("%dus", steps*100))
		if err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf(", %d steps of 0.1 ms\nspikes     %d\n", steps, p.SpikeCount(2, steps)); !strings.Contains(out, want) {
			t.Errorf("got\n%s\nwant %q", out, want)
		}
	}
}

func TestSimTraceReadsBackToTheSameBits(t *testing.T) {
	t.Parallel()
	out, _, err := hillock(t.Context(), "sim", "--current", "1.9990224828934506 nA", "--duration", "100ms", "--format", "trace")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(rows[0], ","), "step,time_ms,current_na,v_mv,spike"; got != want || len(rows) != 1001 {
		t.Fatalf("got %d rows under %s, want 1001 under %s", len(rows), got, want)
	}
	n, err := neuron.New(neuron.Default())
	if err != nil {
		t.Fatal(err)
	}
	for step := 1; step <= 1000; step++ {
		spike := "0"
		if n.Step(n.Drive(1.9990224828934506)) {
			spike = "1"
		}
		row := rows[step]
		v, _ := strconv.ParseFloat(row[3], 64)
		i, _ := strconv.ParseFloat(row[2], 64)
		ms, _ := strconv.ParseFloat(row[1], 64)
		if row[0] != strconv.Itoa(step) || ms != float64(step)/10 || i != 1.9990224828934506 || v != n.V() || row[4] != spike {
			t.Fatalf("got row %v, want step %d at %g ms with V %v, spike %s", row, step, float64(step)/10, n.V(), spike)
		}
	}
}

func TestSimRunsToTheLastRow(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "knob.csv")
	if err := os.WriteFile(file, []byte("time_ms,current_na\n0,2\n5000,0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _, err := hillock(t.Context(), "sim", "--input", file)
	if err != nil || !strings.Contains(out, "model time 5 s, ") {
		t.Errorf("got %v and\n%s\nwant 5 s, the time of the last row", err, out)
	}
}

func TestSimLeavesAReadOnlyFileAlone(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("SKIPPED: a read-only --out: the test runs as root, and root may write it")
	}
	file := filepath.Join(t.TempDir(), "ro.csv")
	if err := os.WriteFile(file, nil, 0o400); err != nil {
		t.Fatal(err)
	}
	if _, _, err := hillock(t.Context(), "sim", "--out", file); err == nil || err.Error() != "--out: open "+file+": permission denied" {
		t.Errorf("got %v, want permission denied", err)
	}
}

func TestSimInterruptedLeavesTheFileAsItWas(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "trace.csv")
	if err := os.WriteFile(file, []byte("the old one"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := hillock(ctx, "sim", "--format", "trace", "--out", file)
	if want := file + ": not written: interrupted after 0 ms of model time"; err == nil || err.Error() != want || usage.Status(err) != 1 {
		t.Errorf("got %v, want %s", err, want)
	}
	text, err := os.ReadFile(file)
	entries, _ := os.ReadDir(dir)
	if err != nil || string(text) != "the old one" || len(entries) != 1 {
		t.Errorf("got %q, %v and %d files, want the old one alone", text, err, len(entries))
	}
}

func TestSimWritesThroughALinkAndKeepsTheMode(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "real.csv"), filepath.Join(dir, "link.csv")
	if err := os.WriteFile(file, nil, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("real.csv", link); err != nil {
		t.Skip("SKIPPED: a symbolic link as --out: ", err)
	}
	if _, _, err := hillock(t.Context(), "sim", "--format", "spikes", "--duration", "20ms", "--out", link); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	info, _ := os.Lstat(link)
	if err != nil || string(text) != "step,time_ms,neuron\n138,13.8,n1\n" || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("got %q, %v, link mode %v; want the spikes behind the link", text, err, info.Mode())
	}
	if info, _ := os.Stat(file); info.Mode().Perm() != 0o640 {
		t.Errorf("got mode %v, want it kept, 0640", info.Mode())
	}
}

// rows are the rows of 'sim --format spikes', written by a run.
type rows struct {
	strings.Builder
	dt time.Duration
}

func (r *rows) Tick(neuron.Tick) {}

func (r *rows) Step(s neuron.Sample) {
	ms := strconv.FormatFloat(float64(s.Step*int64(r.dt))/1e6, 'g', -1, 64)
	for _, member := range s.Cell.Fired {
		name := s.Cell.Name
		if s.Cell.Count > 1 {
			name = fmt.Sprintf("%s.%d", name, member+1)
		}
		fmt.Fprintf(r, "%d,%s,%s\n", s.Step, ms, name)
	}
}

// Examples without a knob: a virtual knob has the codes of its ADC.
func TestSimIsARunStepForStep(t *testing.T) {
	t.Parallel()
	for name, sets := range map[string][]string{
		"relay": nil, "xor": nil, "latch": nil, "pavlov": nil, "jeffress": nil, "running-light": {"neuron.ring.sigma=2 mV"}, "reflex-arc": nil, "lateral-inhibition": nil,
		"ring-attractor": {"loop.speed=0.7", "loop.tick=1.3 ms"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				file := "../../deploy/examples/" + name + ".toml"
				sets := append([]string{"loop.speed=1", "loop.realtime=off"}, sets...)
				cfg, err := config.Load(file, sets, part.Kinds())
				if err != nil {
					t.Fatal(err)
				}
				v, err := board.NewVirtual(cfg, nil)
				if err != nil {
					t.Fatal(err)
				}
				got := &rows{dt: cfg.Loop.DT}
				run, err := session.Open(t.Context(), cfg, session.Hardware{Pi: v, Virtual: v},
					session.Options{Clock: clock.New(), Observers: []neuron.Observer{got}})
				if err != nil {
					t.Fatal(err)
				}
				defer run.Close()
				run.Loop().Ticks = 1000
				end, err := run.Loop().Run(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				args := []string{"sim", file, "--format", "spikes", "--duration", config.FormatTime(time.Duration(end.Steps) * cfg.Loop.DT)}
				for _, set := range sets {
					args = append(args, "--set", set)
				}
				want, _, err := hillock(t.Context(), args...)
				if err != nil {
					t.Fatal(err)
				}
				if got := "step,time_ms,neuron\n" + got.String(); got != want || strings.Count(got, "\n") < 3 {
					t.Errorf("got in a run\n%.200s\nwant, as in sim,\n%.200s", got, want)
				}
			})
		})
	}
}
