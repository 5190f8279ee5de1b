package wall

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// silent is the longest time without a batch of a board that sends.
const silent = 2 * time.Second

// Board is a board as the page shows it.
type Board struct {
	ID      uint16    `json:"id"`
	Name    string    `json:"name"`
	State   string    `json:"state"` // online, silent or gone
	Where   string    `json:"where,omitempty"`
	Lines   int       `json:"lines"`
	Neurons []table   `json:"neurons"`
	Rates   []float64 `json:"rates"` // of the neurons, Hz; null without
	Mean    *float64  `json:"mean"`  // mean rate of all its neurons, Hz; null without
	Links   []link    `json:"links"`
	Lost    int64     `json:"lost"`    // steps that did not arrive
	LostMs  int64     `json:"lost_ms"` // the same as real time
	Gaps    int64     `json:"gaps"`    // times that steps did not arrive
	Skipped int64     `json:"skipped"` // steps left out by its loop
	Late    int64     `json:"late"`    // spikes of other boards that arrived after their time
	Trouble bool      `json:"trouble"` // one of these grew in the time of the picture
}

// Boards returns all boards, sorted by name.
func (w *World) Boards(now time.Duration) []Board {
	all := []Board{}
	for _, b := range w.boards {
		all = append(all, b.report(now))
	}
	slices.SortFunc(all, func(a, b Board) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

func (b *board) report(now time.Duration) Board {
	r := Board{ID: b.id, Name: b.name, State: "online", Where: b.about.Where, Lines: b.about.lines.count(), Neurons: b.about.Neurons, Links: b.about.Links,
		Lost: b.lost, LostMs: int64(min(b.lostMs, 1e15) + 0.5), Gaps: b.gaps, Skipped: b.skipped, Late: b.rates.late, Trouble: b.trouble && now-b.troubled < span}
	switch {
	case !b.online:
		r.State = "gone"
	case b.run != "" && now-b.last > silent:
		r.State = "silent"
	}
	all, sum := 0.0, 0.0
	for _, n := range b.about.Neurons {
		hz, ok := b.rates.hz[n.Name]
		if !ok {
			continue
		}
		r.Rates = append(r.Rates, tenths(hz))
		all, sum = all+float64(n.Count), sum+float64(n.Count)*hz
	}
	if all > 0 {
		mean := tenths(sum / all)
		r.Mean = &mean
	}
	if len(r.Rates) < len(r.Neurons) {
		r.Rates = nil
	}
	return r
}

func tenths(x float64) float64 { return float64(int64(min(x, 1e9)*10+0.5)) / 10 }

// ids returns the numbers of boards by their names.
func (w *World) ids(names []string) map[uint16]bool {
	all := map[uint16]bool{}
	for _, name := range names {
		if b := w.boards[name]; b != nil {
			all[b.id] = true
		}
	}
	return all
}

// named returns the names of boards by their numbers, without those that are no longer there.
func (w *World) named(ids []uint16) []string {
	names := map[uint16]string{}
	for _, b := range w.boards {
		names[b.id] = b.name
	}
	all := []string{}
	for _, id := range ids {
		if name, ok := names[id]; ok {
			all = append(all, name)
		}
	}
	return all
}

// Names returns the names of all boards, sorted.
func (w *World) Names() []string { return slices.Sorted(maps.Keys(w.boards)) }
