package wave

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
)

// InputHeader is the header of a recording of inputs, as 'hillock run --record' writes it. A row has a current, from its time on, or the
// gain of a spike in its step. A row without both names an input of spikes.
var InputHeader = []string{"step", "time_ms", "input", "current_na", "gain"}

// Input is one input of a recording.
type Input struct {
	Current *Recorded // nil for an input of spikes
	Steps   []int64   // of the spikes
	Gains   []float64 // of the spikes
}

// LoadInput is ParseInput for a regular file. It refuses any other file before opening it: a pipe would block.
func LoadInput(name, of string) (*Input, error) {
	f, err := open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ParseInput(name, f, of)
}

// ParseInput returns one input of a recording: a header as InputHeader, and rows of all inputs. Its own rows come in the order of their
// times, and have all a current or none. The name is for messages. A bad row is a RowError.
func ParseInput(name string, text io.Reader, of string) (*Input, error) {
	rows := newRows(name, text)
	const want = "the header step,time_ms,input,current_na,gain of 'hillock run --record'"
	first, err := rows.header(want)
	if err != nil {
		return nil, err
	}
	if !slices.Equal(first, InputHeader) {
		return nil, rows.wrongHeader(want, first)
	}
	in, known := &Input{}, []string{}
	for {
		row, err := rows.next()
		switch {
		case err == io.EOF && in.Current == nil && !slices.Contains(known, of):
			return nil, fmt.Errorf("%s: must have rows of input %s, got rows of %q", name, of, known)
		case err == io.EOF:
			return in, nil
		case err != nil:
			return nil, err
		case len(row) != len(InputHeader):
			return nil, rows.wrong(0, "must have as many values as the header, %d, got %d", len(InputHeader), len(row))
		}
		if len(known) < 10 && !slices.Contains(known, row[2]) || row[2] == of && !slices.Contains(known, of) {
			known = append(known, row[2])
		}
		if row[2] != of {
			continue
		}
		if err := in.add(rows, row); err != nil {
			return nil, err
		}
	}
}

// add adds a row of the input.
func (in *Input) add(rows *rows, row []string) (err error) {
	switch isCurrent, isSpike := row[3] != "", row[4] != ""; {
	case isCurrent && isSpike, isCurrent && len(in.Steps) > 0, isSpike && in.Current != nil:
		return rows.wrong(3, "must have a current in each row, or none")
	case isCurrent:
		if in.Current == nil {
			in.Current = &Recorded{name: rows.name}
		}
		return in.Current.add(rows, row[1], 1, row[3], 3, maxRows)
	case isSpike:
		return in.spike(rows, row)
	}
	return nil
}

// spike adds a row with a spike.
func (in *Input) spike(rows *rows, row []string) error {
	last := int64(0)
	if len(in.Steps) > 0 {
		last = in.Steps[len(in.Steps)-1]
	}
	step, err := strconv.ParseInt(row[0], 10, 64)
	if err != nil || step <= last {
		return rows.wrong(0, "step: must be a whole number above the step before, %d, got %q", last, row[0])
	}
	gain, ok := number(row[4])
	if !ok || !(math.Abs(gain) <= MaxCurrent) {
		return rows.wrong(4, "gain: must be a number between -%[1]g and %[1]g, got %[2]q", MaxCurrent, row[4])
	}
	if len(in.Steps) == maxSpikes {
		return rows.wrong(0, "must have at most %d spikes", maxSpikes)
	}
	in.Steps, in.Gains = append(in.Steps, step), append(in.Gains, gain)
	return nil
}

// add adds a row: a time in ms and a current in nA, with their fields.
func (r *Recorded) add(rows *rows, ms string, timeField int, nA string, currentField, most int) (err error) {
	if len(r.at) == most {
		return rows.wrong(0, "must have at most %d rows", most)
	}
	if r.at, err = rows.time(r.at, timeField, ms); err != nil {
		return err
	}
	current, ok := number(nA)
	if !ok || !(current >= -MaxCurrent && current <= MaxCurrent) {
		return rows.wrong(currentField, "current_na: must be a number between -%.0f and %.0f, got %q", MaxCurrent, MaxCurrent, nA)
	}
	r.current = append(r.current, current)
	return nil
}
