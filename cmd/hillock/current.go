package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"hillock/neuron"
)

// constant is an input that never changes, nA.
type constant float64

func (c constant) Current(time.Duration) float64 { return float64(c) }

// recorded is a current that was written down: from each row on it holds its value, before the first it is 0.
type recorded struct {
	at      []time.Duration
	current []float64     // nA
	dt      time.Duration // the loop's tick and step: the tick due at t runs the step from t-dt to t
	row     int           // the row that holds now, and the last when rows are over
}

// Current is the current at the beginning of the step that is due at now.
func (r *recorded) Current(now time.Duration) float64 {
	for r.row < len(r.at) && r.at[r.row] <= now-r.dt {
		r.row++
	}
	if r.row == 0 {
		return 0
	}
	return r.current[r.row-1]
}

// readCurrent reads a file of rows time_ms,current_na, in the order of their times.
func readCurrent(name string) (*recorded, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, usagef("--input: %w", err)
	}
	defer f.Close()
	r, err := parseCurrent(name, f)
	if err != nil {
		return nil, usageError{err}
	}
	return r, nil
}

var currentHeader = []string{"time_ms", "current_na"}

// parseCurrent is readCurrent for text; its errors name file, line and column.
func parseCurrent(name string, text io.Reader) (*recorded, error) {
	rows := csv.NewReader(skipBOM(text))
	rows.FieldsPerRecord = -1
	rows.ReuseRecord = true
	rows.TrimLeadingSpace = true
	place := func(field int) string {
		line, column := rows.FieldPos(field)
		return fmt.Sprintf("%s:%d:%d", name, line, column)
	}
	header, err := rows.Read()
	if err == io.EOF {
		return nil, fmt.Errorf("%s:1:1: must begin with the header time_ms,current_na, got an empty file", name)
	}
	if err != nil {
		return nil, csvError(name, err)
	}
	if !slices.Equal(header, currentHeader) {
		return nil, fmt.Errorf("%s: must begin with the header time_ms,current_na, got %q", place(0), header)
	}
	r := new(recorded)
	for {
		row, err := rows.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, csvError(name, err)
		}
		if len(row) != 2 {
			return nil, fmt.Errorf("%s: must have two values, time_ms,current_na, got %d", place(0), len(row))
		}
		ms, ok := plainNumber(row[0])
		if !ok || !(ms >= 0 && ms <= maxRecorded) {
			return nil, fmt.Errorf("%s: time_ms: must be a number from 0 to %g, got %q", place(0), float64(maxRecorded), row[0])
		}
		at := nanoseconds(ms)
		if n := len(r.at); n > 0 && at <= r.at[n-1] {
			return nil, fmt.Errorf("%s: time_ms: must be later than the row before, %g ms, got %q", place(0), milliseconds(r.at[n-1]), row[0])
		}
		current, ok := plainNumber(row[1])
		if !ok || !(current >= -neuron.MaxCurrent && current <= neuron.MaxCurrent) {
			return nil, fmt.Errorf("%s: current_na: must be a number between -%g and %g, got %q", place(1), neuron.MaxCurrent, neuron.MaxCurrent, row[1])
		}
		r.at = append(r.at, at)
		r.current = append(r.current, current)
	}
	if len(r.at) == 0 {
		return nil, fmt.Errorf("%s:2:1: must have a row time_ms,current_na after the header, got none", name)
	}
	return r, nil
}

// maxRecorded is the latest time in a recorded current, ms: a hundred days.
const maxRecorded = 100 * 24 * 3600e3

// nanoseconds rounds to the nearest, so that a decimal's own float error does not move a row by a step.
func nanoseconds(ms float64) time.Duration { return time.Duration(ms*1e6 + 0.5) }

func milliseconds(d time.Duration) float64 { return float64(d) / 1e6 }

// csvError puts the place of a csv.ParseError where all errors have it.
func csvError(name string, err error) error {
	var p *csv.ParseError
	if errors.As(err, &p) {
		return fmt.Errorf("%s:%d:%d: %w", name, p.Line, p.Column, p.Err)
	}
	return fmt.Errorf("%s: %w", name, err)
}

// skipBOM drops the byte order mark that spreadsheets put before the header.
func skipBOM(text io.Reader) io.Reader {
	const bom = "\xef\xbb\xbf"
	head := make([]byte, len(bom))
	n, err := io.ReadFull(text, head)
	if err == nil && string(head) == bom {
		return text
	}
	return io.MultiReader(bytes.NewReader(head[:n]), text)
}
