package fault

import (
	"regexp"
	"testing"
)

func TestEveryFaultHasAnID(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	seen := map[string]string{}
	for _, f := range All() {
		if !form.MatchString(f.ID) {
			t.Errorf("%s: got the ID %q, want words of lower case and digits, joined by dashes", f.Name, f.ID)
		}
		if other, ok := seen[f.ID]; ok {
			t.Errorf("got the ID %q for both %s and %s, want one each", f.ID, other, f.Name)
		}
		seen[f.ID] = f.Name
		for _, by := range []string{f.ID, f.Name} {
			if got, ok := Named(by); !ok || got.ID != f.ID {
				t.Errorf("Named(%q): got %q, %t, want %q", by, got.ID, ok, f.ID)
			}
		}
	}
	if got, ok := Named("cs-lose"); ok {
		t.Errorf("got the fault %q for an ID that no fault has", got.ID)
	}
}
