package wave

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
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
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: must be a regular file: copy its content into one", name)
	}
	f, err := os.Open(name)
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

// A RowError is a broken rule of a row in a recording.
type RowError struct {
	Name         string // of the file
	Line, Column int    // from 1
	Err          error  // the rule, and the bad value
}

// Error returns "name:line:column: rule".
func (e *RowError) Error() string {
	return fmt.Sprintf("%s:%d:%d: %v", e.Name, e.Line, e.Column, e.Err)
}

// Unwrap returns the rule.
func (e *RowError) Unwrap() error { return e.Err }

var header = []string{"time_ms", "current_na"}

// maxRows is more than an hour of samples at 1 kHz, in 64 MB.
const maxRows = 4_000_000

// Parse reads a header time_ms,current_na and rows in the order of their times, in ms from 0 to MaxTime. The name is for
// messages. A bad row is a RowError.
func Parse(name string, text io.Reader) (*Recorded, error) { return parse(name, text, maxRows) }

func parse(name string, text io.Reader, most int) (*Recorded, error) {
	rows := csv.NewReader(&lines{text: skipBOM(text), line: 1})
	rows.FieldsPerRecord = -1
	rows.ReuseRecord = true
	rows.TrimLeadingSpace = true
	wrong := func(field int, format string, args ...any) error {
		line, column := rows.FieldPos(field)
		return &RowError{name, line, column, fmt.Errorf(format, args...)}
	}
	first, err := rows.Read()
	if err == io.EOF {
		return nil, &RowError{name, 1, 1, errors.New("must begin with the header time_ms,current_na, got an empty file")}
	}
	if err != nil {
		return nil, csvError(name, err)
	}
	if !slices.Equal(first, header) {
		way := ""
		if strings.Contains(first[0], ";") {
			way = ": separate values with a comma, and write decimals with a point"
		}
		return nil, wrong(0, "must begin with the header time_ms,current_na, got %q%s", strings.Join(first, ","), way)
	}
	r := &Recorded{name: name}
	for {
		row, err := rows.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, csvError(name, err)
		}
		if len(row) != 2 {
			return nil, wrong(0, "must have two values, time_ms,current_na, got %d", len(row))
		}
		ms, ok := number(row[0])
		if !ok || !(ms >= 0 && ms <= milliseconds(MaxTime)) {
			return nil, wrong(0, "time_ms: must be a number between 0 and %.0f, got %q", milliseconds(MaxTime), row[0])
		}
		if len(r.at) == most {
			return nil, wrong(0, "must have at most %d rows", most)
		}
		at := nanoseconds(ms)
		if n := len(r.at); n > 0 && at <= r.at[n-1] {
			return nil, wrong(0, "time_ms: must be later than the row before, %g ms, got %q", milliseconds(r.at[n-1]), row[0])
		}
		current, ok := number(row[1])
		if !ok || !(current >= -MaxCurrent && current <= MaxCurrent) {
			return nil, wrong(1, "current_na: must be a number between -%.0f and %.0f, got %q", MaxCurrent, MaxCurrent, row[1])
		}
		r.at = append(r.at, at)
		r.current = append(r.current, current)
	}
	if len(r.at) == 0 {
		return nil, &RowError{name, 2, 1, errors.New("must have a row time_ms,current_na after the header, got none")}
	}
	return r, nil
}

// number reads a plain decimal: no hexadecimal, no underscore, no infinity.
func number(s string) (float64, bool) {
	if strings.ContainsFunc(s, func(c rune) bool { return !strings.ContainsRune("0123456789.+-eE", c) }) {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil
}

// nanoseconds rounds to the nearest: the float error of a decimal must not move a row by a step.
func nanoseconds(ms float64) time.Duration { return time.Duration(float64(ms*1e6) + 0.5) }

func milliseconds(d time.Duration) float64 { return float64(d) / 1e6 }

// lines reads a text and refuses long lines and quotes over more than one line. A CSV reader then holds one line at a time.
type lines struct {
	text   io.Reader
	line   int // from 1
	length int // bytes of the line so far
	quoted bool
}

const maxLine = 1000 // bytes

func (l *lines) Read(p []byte) (int, error) {
	n, err := l.text.Read(p)
	for i, c := range p[:n] {
		switch {
		case c == '\n' && l.quoted:
			return i, &lineError{l.line, "must end each quoted value in its line"}
		case c == '\n':
			l.line, l.length = l.line+1, 0
			continue
		case c == '"':
			l.quoted = !l.quoted
		}
		if l.length++; l.length > maxLine {
			return i, &lineError{l.line, fmt.Sprintf("a line must have at most %d bytes", maxLine)}
		}
	}
	return n, err
}

// lineError is a broken rule of a line.
type lineError struct {
	line int
	rule string
}

func (e *lineError) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.rule) }

// csvError returns an error of the CSV reader as a RowError.
func csvError(name string, err error) error {
	var p *csv.ParseError
	if errors.As(err, &p) {
		return &RowError{name, p.Line, p.Column, p.Err}
	}
	if l := (*lineError)(nil); errors.As(err, &l) {
		return &RowError{name, l.line, 1, errors.New(l.rule)}
	}
	return fmt.Errorf("%s: %w", name, err)
}

// skipBOM skips the byte order mark of spreadsheets.
func skipBOM(text io.Reader) io.Reader {
	const bom = "\xef\xbb\xbf"
	head := make([]byte, len(bom))
	n, err := io.ReadFull(text, head)
	if err == nil && string(head) == bom {
		return text
	}
	return io.MultiReader(bytes.NewReader(head[:n]), text)
}
