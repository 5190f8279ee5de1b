package part

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"hillock/config"
)

// knownDrivers returns the names of kinds for a message.
func knownDrivers[P config.Part](kinds []config.Kind[P]) string {
	var names []string
	for _, k := range kinds {
		names = append(names, k.Name)
	}
	return strings.Join(names, ", ")
}

// TestMistakesAreReported makes one mistake in base per case and compares the whole text of the error. A mistake against two
// rules has two lines.
func TestMistakesAreReported(t *testing.T) { reported(t, badCases()) }

// reported checks the error of each mistake.
func reported(t *testing.T, all []badCase) {
	t.Helper()
	for _, test := range all {
		_, err := config.Parse("bad.toml", edit(t, test.line, test.text), nil, Kinds())
		if err == nil {
			t.Errorf("line %d as %q: got no error, want %s", test.line, test.text, test.want)
			continue
		}
		got := strings.ReplaceAll("\n"+err.Error(), "\nbad.toml:", "\n")[1:]
		if got != test.want {
			t.Errorf("line %d as %q:\n got %s\nwant %s", test.line, test.text, got, test.want)
		}
		var problems config.Problems
		if !errors.As(err, &problems) {
			t.Errorf("line %d as %q: got %T, want Problems", test.line, test.text, err)
		}
		for _, p := range problems {
			complete(t, test.text, p)
		}
	}
}

// complete checks that a problem has its place and its rule. It has its key too, unless the text was unreadable before the key,
// and its value, unless the value is missing.
func complete(t *testing.T, text string, p config.Problem) {
	t.Helper()
	noKey := strings.HasPrefix(p.Rule, "must be UTF-8") || p.Got == "[]"
	noValue := p.Rule == "must be given" || p.Rule == "has no value" || strings.HasPrefix(p.Rule, "must have ") ||
		strings.HasPrefix(p.Rule, "unknown ")
	switch {
	case p.File != "bad.toml" || p.Line < 1 || p.Column < 1:
		t.Errorf("%q: %v has no place", text, p)
	case p.Rule == "" || 'A' <= p.Rule[0] && p.Rule[0] <= 'Z':
		t.Errorf("%q: %v has no rule in lower case", text, p)
	case p.Key == "" && !noKey:
		t.Errorf("%q: %v has no key", text, p)
	case p.Got == "" && !noValue:
		t.Errorf("%q: %v has no value", text, p)
	case strings.Contains(p.Error(), "\n") || strings.HasSuffix(p.Rule, ".") || strings.HasSuffix(p.Hint, "."):
		t.Errorf("%q: %v is not one line without a full stop", text, p)
	}
}

type badCase struct {
	line int    // of base, 0 is after the last
	text string // in its place
	want string // without the name of the file
}

func badCases() []badCase {
	return slices.Concat(notTOML(), unknownKeys(), badTables(), badLoops(), badInputs(), badPairs(), badNeurons(), badOutputs())
}
