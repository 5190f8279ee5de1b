package session_test

import (
	"testing"

	"hillock/cmd/hillock/internal/fault"
	"hillock/cmd/hillock/internal/session/sessiontest"
)

// The status does not tell a hidden fault before it is found or shown.
func TestHiddenFaultIsNotTold(t *testing.T) {
	t.Parallel()
	b := sessiontest.New(t)
	if err := b.Session.Hide(2); err != nil {
		t.Fatal(err)
	}
	if st := b.Session.Status(); st.Fault != fault.Unknown || st.Game.Hidden != 2 || len(st.Doctor) != 0 {
		t.Errorf("got %s, %+v, %v", st.Fault, st.Game, st.Doctor)
	}
	for _, name := range append(fault.Of(b.Config), "LED led loose") {
		if err := b.Session.Try(name); err != nil {
			t.Fatal(err)
		}
	}
	if st := b.Session.Status(); st.Fault != fault.None || st.Game.Hidden != 0 || st.Game.Found != 2 || st.Game.Tries < 2 {
		t.Errorf("got %s, %+v", st.Fault, st.Game)
	}
	if err := b.Session.Hide(1); err != nil {
		t.Fatal(err)
	}
	if err := b.Session.Reveal(); err != nil {
		t.Fatal(err)
	}
	if st := b.Session.Status(); st.Fault == fault.Unknown || st.Fault == fault.None || !st.Game.Over {
		t.Errorf("got %s, %+v", st.Fault, st.Game)
	}
	r := sessiontest.Real(t)
	if err := r.Session.Hide(1); err == nil || err.Error() != "hide: the wires are real ones: pull one out by hand" {
		t.Errorf("got %v", err)
	}
}
