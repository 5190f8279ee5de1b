// Package value has the types of flag values. Each refuses an empty text, and its error says what to write.
package value

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"hillock/config"
)

// Time is a time from 0 on, as a configuration writes it, "10 s", or as Go does, 1m30s.
type Time struct {
	time.Duration
	Text string // as typed; "" for the default
}

// Set implements pflag.Value.
func (t *Time) Set(s string) error {
	d, err := config.ParseDuration(s, 0, math.MaxInt64/time.Hour*time.Hour)
	if err != nil {
		mixed, wrong := time.ParseDuration(s)
		if wrong != nil || mixed < 0 {
			return err
		}
		d = mixed
	}
	t.Duration, t.Text = d, s
	return nil
}

// String returns the time, "" for the default 0.
func (t *Time) String() string {
	if t.Duration == 0 && t.Text == "" {
		return ""
	}
	return config.FormatTime(t.Duration)
}

// Type implements pflag.Value.
func (t *Time) Type() string { return "time" }

// Typed returns the time as typed, or the default.
func (t *Time) Typed() string {
	if t.Text == "" {
		return t.String()
	}
	return t.Text
}

// Text is a text that must not be empty.
type Text struct {
	To   *string
	Kind string // placeholder in the help: "file"
	Rule string // "must be a file's name"
}

// Set implements pflag.Value.
func (t Text) Set(s string) error {
	if s == "" {
		return errors.New(t.Rule)
	}
	*t.To = s
	return nil
}

// String returns the text.
func (t Text) String() string {
	if t.To == nil { // pflag asks a zero value
		return ""
	}
	return *t.To
}

// Type implements pflag.Value.
func (t Text) Type() string { return t.Kind }

// Pairs are names with a pin each, NAME=PIN; a flag may come several times, and may hold several pairs with commas between.
type Pairs map[string]string

// Set implements pflag.Value.
func (p Pairs) Set(s string) error {
	for pair := range strings.SplitSeq(s, ",") {
		name, pin, ok := strings.Cut(pair, "=")
		if !ok || name == "" || pin == "" {
			return errors.New("must be an output and a pin, such as led=GPIO27")
		}
		p[name] = pin
	}
	return nil
}

// String returns "": there is no default.
func (p Pairs) String() string { return "" }

// Type implements pflag.Value.
func (p Pairs) Type() string { return "output=pin" }

// Number reads a decimal number. It refuses hexadecimal digits, underscores and infinities, unlike strconv.
func Number(s string) (float64, bool) {
	for _, c := range s {
		if (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return 0, false
		}
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil
}
