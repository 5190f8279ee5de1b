package example

import (
	"testing"

	"hillock/config"
	"hillock/hw/part"
)

func TestExamplesBeginWithASentence(t *testing.T) {
	all := All()
	if len(all) < 7 {
		t.Fatalf("got %d examples, want at least 7", len(all))
	}
	for _, e := range all {
		if len(e.About) < 20 || len(e.About) > 130 {
			t.Errorf("%s: got the first sentence %q, want 20 to 130 characters", e.Name, e.About)
		}
	}
}

func TestExamplesAreConfigurations(t *testing.T) {
	for _, e := range All() {
		if _, err := config.Parse(e.Name+".toml", []byte(e.Text), nil, part.Kinds()); err != nil {
			t.Error(err)
		}
	}
}

func TestFirstSentenceEndsAtItsFullStop(t *testing.T) {
	for text, want := range map[string]string{
		"# One. Two.\n[loop]\n":              "One",
		"# A wave of 0.5 nA\n# to 4 nA. B\n": "A wave of 0.5 nA to 4 nA",
		"# No stop\n\n# Another.\n":          "No stop",
		"[loop]\n# Late.\n":                  "",
	} {
		if got := about(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
