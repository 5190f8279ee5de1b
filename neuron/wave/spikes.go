package wave

import (
	"errors"
	"io"
	"slices"
	"time"
)

// maxSpikes is an hour of spikes at 250 Hz, in 8 MB.
const maxSpikes = 1_000_000

// SpikeStep returns the step of a spike at a time: the nearest one, where a step's time is its end. The first step is 1.
func SpikeStep(at, dt time.Duration) int64 { return max(1, int64((at+dt/2)/dt)) }

// LoadSpikes is ParseSpikes for a regular file. It refuses any other file before opening it: a pipe would block.
func LoadSpikes(name string, dt time.Duration) ([]int64, error) {
	f, err := open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ParseSpikes(name, f, dt)
}

// ParseSpikes returns the steps of spikes from a file: a header with time_ms, and rows in the order of their times, from 0 to MaxTime,
// at most one for each step of dt. It may have the columns step and neuron, with the same neuron in all rows. The name is for
// messages. A bad row is a RowError.
func ParseSpikes(name string, text io.Reader, dt time.Duration) (steps []int64, err error) {
	return parseSpikes(name, text, dt, maxSpikes)
}

func parseSpikes(name string, text io.Reader, dt time.Duration, most int) (steps []int64, err error) {
	const want = "a header with time_ms"
	rows := newRows(name, text)
	first, err := rows.header(want)
	if err != nil {
		return nil, err
	}
	column, neuron, columns := slices.Index(first, "time_ms"), slices.Index(first, "neuron"), len(first)
	if column < 0 {
		return nil, rows.wrongHeader(want, first)
	}
	for i, name := range first {
		if !slices.Contains([]string{"step", "time_ms", "neuron"}, name) {
			return nil, rows.wrong(i, "must be step, time_ms or neuron, got %q: only spikes have rows here", name)
		}
	}
	var at []time.Duration // the latest time
	var of string
	for {
		row, err := rows.next()
		switch {
		case err == io.EOF && steps == nil:
			return nil, &RowError{name, 2, 1, errors.New("must have a row after the header, got none")}
		case err == io.EOF:
			return steps, nil
		case err != nil:
			return nil, err
		case len(row) != columns:
			return nil, rows.wrong(0, "must have as many values as the header, %d, got %d", columns, len(row))
		case len(steps) == most:
			return nil, rows.wrong(0, "must have at most %d rows", most)
		case neuron >= 0 && steps != nil && row[neuron] != of:
			return nil, rows.wrong(neuron, "neuron: must be %s as in the rows before, got %q: write a file for each neuron", of, row[neuron])
		case neuron >= 0:
			of = row[neuron]
		}
		if at, err = rows.time(at, column, row[column]); err != nil {
			return nil, err
		}
		at = at[len(at)-1:]
		step := SpikeStep(at[0], dt)
		if n := len(steps); n > 0 && step == steps[n-1] {
			return nil, rows.wrong(column, "time_ms: must be in a later step of dt (%g ms) than the row before, got %q", milliseconds(dt), row[column])
		}
		steps = append(steps, step)
	}
}
