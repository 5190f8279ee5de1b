package wave

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// Recorded is a current from a file. It is constant from each row to the next, and 0 before the first row.
type Recorded struct {
	name    string
	at      []time.Duration
	current []float64     // nA
	again   time.Duration // period of a repeated recording; 0: not repeated
	row     int           // number of rows up to the time of the last call
}

// Load is Parse for a regular file. It refuses any other file before opening it: a pipe would block.
func Load(name string) (*Recorded, error) {
	f, err := open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return Parse(name, f)
}

// End returns the time of the last row.
func (r *Recorded) End() time.Duration { return r.at[len(r.at)-1] }

// Range returns the smallest and the largest current, nA, with 0 from before the first row.
func (r *Recorded) Range() (low, high float64) {
	return min(0, slices.Min(r.current)), max(0, slices.Max(r.current))
}

// Constant returns the current of a recording without a change, nA; false for another one.
func (r *Recorded) Constant() (nA Constant, ok bool) {
	first := r.current[0]
	if r.at[0] > 0 {
		first = 0
	}
	if slices.ContainsFunc(r.current, func(c float64) bool { return c != first }) {
		return 0, false
	}
	return Constant(first), true
}

// Repeated returns the recording without end: it starts again at the time of its last row. The current of that row does not
// count.
func (r *Recorded) Repeated() (*Recorded, error) {
	if r.End() == 0 {
		return nil, fmt.Errorf("%s: must have a row after 0 ms to repeat, got one row, at 0 ms", r.name)
	}
	return &Recorded{name: r.name, at: r.at, current: r.current, again: r.End()}, nil
}

// Current returns the current of the latest row at now. It finds the next row at once and any other by bisection.
func (r *Recorded) Current(now time.Duration) float64 {
	if r.again > 0 && now >= 0 {
		now %= r.again
	}
	if r.row < len(r.at) && r.at[r.row] <= now {
		r.row++
	}
	if r.row > 0 && now < r.at[r.row-1] || r.row < len(r.at) && r.at[r.row] <= now {
		r.row, _ = slices.BinarySearch(r.at, now+1) // the rows up to now
	}
	if r.row == 0 {
		return 0
	}
	return r.current[r.row-1]
}

var header = []string{"time_ms", "current_na"}

// maxRows is more than an hour of samples at 1 kHz, in 64 MB.
const maxRows = 4_000_000

// Parse reads a header time_ms,current_na and rows in the order of their times, in ms from 0 to MaxTime. The name is for
// messages. A bad row is a RowError.
func Parse(name string, text io.Reader) (*Recorded, error) { return parse(name, text, maxRows) }

func parse(name string, text io.Reader, most int) (*Recorded, error) {
	rows := newRows(name, text)
	first, err := rows.header("the header time_ms,current_na")
	if err != nil {
		return nil, err
	}
	if !slices.Equal(first, header) {
		return nil, rows.wrongHeader("the header time_ms,current_na", first)
	}
	r := &Recorded{name: name}
	for {
		row, err := rows.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		if len(row) != 2 {
			return nil, rows.wrong(0, "must have two values, time_ms,current_na, got %d", len(row))
		}
		if err := r.add(rows, row[0], 0, row[1], 1, most); err != nil {
			return nil, err
		}
	}
	if len(r.at) == 0 {
		return nil, &RowError{name, 2, 1, errors.New("must have a row time_ms,current_na after the header, got none")}
	}
	return r, nil
}
