package swarm

import (
	"cmp"
	"slices"
)

// ledger holds what a reader has received from each board. It is not safe for concurrent use.
type ledger struct {
	run    string
	boards map[string]*account

	batches, spikes, rates int64
	repeated               int64 // batches received before
	foreign                int64 // messages of other runs, and of boards outside the swarm
	malformed              int64
	gaps                   []Gap
}

// account is the state of a board in a ledger.
type account struct {
	next   int64 // step after the newest batch; the first step is 1
	hello  bool
	online bool
}

// Gap is a sequence of steps of a board that a reader did not receive.
type Gap struct {
	Board string  `json:"board"`
	From  int64   `json:"from_step"`
	To    int64   `json:"to_step"` // inclusive
	Ms    float64 `json:"length_ms"`
}

// Steps returns the length of the gap in steps.
func (g Gap) Steps() int64 { return g.To - g.From + 1 }

// newLedger returns the empty ledger of a run.
func newLedger(run string, boards []string) *ledger {
	l := &ledger{run: run, boards: make(map[string]*account, len(boards))}
	for _, name := range boards {
		l.boards[name] = &account{next: 1}
	}
	return l
}

// batch enters the steps from..to of a board, and the number of its spikes. Missing steps before them become a gap.
func (l *ledger) batch(board, run string, from, to, spikes int64) {
	a := l.boards[board]
	switch {
	case a == nil || run != l.run:
		l.foreign++
		return
	case from < a.next:
		l.repeated++
		return
	case from > a.next:
		l.gap(board, a.next, from-1)
	}
	a.next = to + 1
	l.batches++
	l.spikes += spikes
}

// close enters a gap for each board without its steps up to the last one, given for each board.
func (l *ledger) close(last map[string]int64) {
	for name, a := range l.boards {
		if a.next <= last[name] {
			l.gap(name, a.next, last[name])
			a.next = last[name] + 1
		}
	}
	slices.SortFunc(l.gaps, func(a, b Gap) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Board, b.Board)) })
}

func (l *ledger) gap(board string, from, to int64) {
	g := Gap{Board: board, From: from, To: to}
	g.Ms = float64(g.Steps()) * stepMs
	l.gaps = append(l.gaps, g)
}

// lost returns the number of steps in the gaps.
func (l *ledger) lost() (steps int64) {
	for _, g := range l.gaps {
		steps += g.Steps()
	}
	return steps
}

// count returns the number of boards with a hello, and of boards online.
func (l *ledger) count() (hellos, online int) {
	for _, a := range l.boards {
		if a.hello {
			hellos++
		}
		if a.online {
			online++
		}
	}
	return hellos, online
}
