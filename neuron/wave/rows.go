package wave

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
)

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

// open opens a regular file. It refuses any other file before opening it: a pipe would block.
func open(name string) (*os.File, error) {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: must be a regular file: copy its content into one", name)
	}
	return os.Open(name)
}

// rows reads the rows of a CSV file. Its errors have their place.
type rows struct {
	*csv.Reader
	name string
}

func newRows(name string, text io.Reader) *rows {
	r := &rows{csv.NewReader(&lines{text: skipBOM(text), line: 1}), name}
	r.FieldsPerRecord = -1
	r.ReuseRecord = true
	r.TrimLeadingSpace = true
	return r
}

// wrong returns a RowError with the place of a value in the latest row.
func (r *rows) wrong(field int, format string, args ...any) error {
	line, column := r.FieldPos(field)
	return &RowError{r.name, line, column, fmt.Errorf(format, args...)}
}

// header returns the first row. The wanted header is for messages.
func (r *rows) header(want string) ([]string, error) {
	first, err := r.next()
	if err == io.EOF {
		return nil, &RowError{r.name, 1, 1, fmt.Errorf("must begin with %s, got an empty file", want)}
	}
	return first, err
}

// wrongHeader returns the error of another header than the wanted one.
func (r *rows) wrongHeader(want string, got []string) error {
	way := ""
	if strings.Contains(got[0], ";") {
		way = ": separate values with a comma, and write decimals with a point"
	}
	return r.wrong(0, "must begin with %s, got %q%s", want, strings.Join(got, ","), way)
}

// next returns the next row, io.EOF after the last one, or a RowError.
func (r *rows) next() ([]string, error) {
	row, err := r.Read()
	var p *csv.ParseError
	var l *lineError
	switch {
	case err == nil || err == io.EOF:
		return row, err
	case errors.As(err, &p):
		return nil, &RowError{r.name, p.Line, p.Column, p.Err}
	case errors.As(err, &l):
		return nil, &RowError{r.name, l.line, 1, errors.New(l.rule)}
	}
	return nil, fmt.Errorf("%s: %w", r.name, err)
}

// time appends a time in ms to those of the rows before. It must be the latest one.
func (r *rows) time(before []time.Duration, field int, value string) ([]time.Duration, error) {
	ms, ok := number(value)
	if !ok || !(ms >= 0 && ms <= milliseconds(MaxTime)) {
		return nil, r.wrong(field, "time_ms: must be a number between 0 and %.0f, got %q", milliseconds(MaxTime), value)
	}
	at := nanoseconds(ms)
	if n := len(before); n > 0 && at <= before[n-1] {
		return nil, r.wrong(field, "time_ms: must be later than the row before, %g ms, got %q", milliseconds(before[n-1]), value)
	}
	return append(before, at), nil
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
