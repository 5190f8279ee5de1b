package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/hw/qemupi"
)

// The page claims the boards of the tests, and no other.
func TestPageOfBoardsNamesTheEmulatedOnes(t *testing.T) {
	t.Parallel()
	var want, got []string
	for _, b := range qemupi.Boards() {
		want = append(want, b.Name)
	}
	rows := 0
	for line := range strings.Lines(read(t, "../../deploy/doc/pis.md")) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 10 || strings.HasPrefix(cells[0], "---") {
			continue
		}
		rows++
		switch board, emulated := strings.CutPrefix(strings.TrimSpace(cells[9]), "**emulated**: "); {
		case emulated:
			got = append(got, strings.ToLower(strings.ReplaceAll(board, " ", "")))
		case board != "read" && board != "known":
			t.Errorf("got %q in the column known, want read or emulated", board)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" || rows < 10 {
		t.Errorf("emulated boards of %d rows (-want +got):\n%s", rows, diff)
	}
}
