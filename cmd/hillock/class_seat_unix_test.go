//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"hillock/cmd/hillock/internal/summary"
)

// seat is a board of a lesson.
type seat struct {
	name, file string
	run        *exec.Cmd
	log        strings.Builder // read it after the end of run
	end        summary.Figures
}

// ends waits for the end of a board, and reads its summary.
func (s *seat) ends(t *testing.T) {
	t.Helper()
	if err := s.run.Wait(); err != nil {
		t.Fatalf("%s: %v\n%s", s.name, err, &s.log)
	}
	if err := json.Unmarshal([]byte(read(t, s.file+".json")), &s.end); err != nil {
		t.Fatal(err)
	}
	if s.end.SkippedMs > 0 {
		t.Errorf("%s: got %g ms skipped, want none", s.name, s.end.SkippedMs)
	}
}

// spikes returns the spikes of a file by neuron, simulated for the steps of the run.
func (s *seat) spikes(t *testing.T, args ...string) map[string][]int64 {
	t.Helper()
	rows, _, err := hillock(t.Context(), append([]string{"sim", "--format=spikes", "--duration", (time.Duration(s.end.Steps) * dt).String()}, args...)...)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]int64{}
	for _, row := range strings.Fields(rows)[1:] {
		cells := strings.Split(row, ",")
		step, err := strconv.ParseInt(cells[0], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		all[cells[2]] = append(all[cells[2]], step)
	}
	return all
}

// arrived compares the spikes in the recording of a board with those that a reader received, step for step. The neuron n2 has a
// constant current: its spikes are those of a simulation without a class.
func (s *seat) arrived(t *testing.T, got *fromBoard) {
	t.Helper()
	if s.end.SkippedMs > 0 {
		return // a failure with its own message
	}
	recorded, alone := s.spikes(t, s.file+".toml", "--replay", s.file+".csv"), s.spikes(t, s.file+".alone.toml")
	before, gaps := got.missing()
	spikes, want := got.spikes(), without(recorded, append(gaps, before)...)
	for _, n := range []string{"n1", "n2", "n3"} {
		if diff := difference(want[n], spikes[n]); diff != "" {
			t.Errorf("%s, %s: received and recorded: %s", s.name, n, diff)
		}
	}
	if diff := difference(alone["n2"], recorded["n2"]); diff != "" {
		t.Errorf("%s, n2: recorded and without a class: %s", s.name, diff)
	}
	if last := got.last().To; last != s.end.Steps || len(got.wrong) > 0 {
		t.Errorf("%s: got the last step %d, want %d; wrong messages: %q", s.name, last, s.end.Steps, got.wrong)
	}
}

// difference returns the first difference of some steps from those wanted, "" for none.
func difference(want, got []int64) string {
	if slices.Equal(want, got) && len(want) > 0 {
		return ""
	}
	same := 0
	for same < min(len(want), len(got)) && want[same] == got[same] {
		same++
	}
	return fmt.Sprintf("got %d spikes, want %d; the first %d are equal; then got %v, want %v", len(got), len(want), same, got[same:min(same+1, len(got))], want[same:min(same+1, len(want))])
}

// named checks that the log of a board names each gap of the board before it.
func (s *seat) named(t *testing.T, kills int) {
	t.Helper()
	log, of := s.log.String(), s.end.Net.Boards[0]
	var lengths []int64
	for _, line := range gapLine.FindAllStringSubmatch(log, -1) {
		for _, n := range strings.Fields(line[1] + line[2]) {
			steps, err := strconv.ParseInt(n, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			lengths = append(lengths, steps)
		}
	}
	all := int64(0)
	for _, n := range lengths {
		all += n
	}
	if len(lengths) < kills || int64(len(lengths)) != of.Gaps || all != of.LostSteps {
		t.Errorf("%s: got the gaps %v of %s in its log, want all %d, %d steps, and at least one of each of %d kills\n%s", s.name, lengths, of.Name, of.Gaps, of.LostSteps, kills, log)
	}
}

var gapLine = regexp.MustCompile(`class: (?:gap of (\d+) steps? |\d+ gaps \[([\d ]+)\])`)
