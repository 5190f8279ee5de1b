package show

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"hillock/cmd/hillock/internal/class"
)

// A search for the hub has one line in the log at its begin, however often it is repeated, and one when it finds the hub.
func TestSearchForTheHubIsLoggedOnce(t *testing.T) {
	var log strings.Builder
	plain := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}
	r := &run{logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{ReplaceAttr: plain}))}
	answers := []string{"", "", "mqtt://192.168.1.5:1883", ""}
	o := r.class(&class.Options{Find: func(context.Context, string) (address string, err error) {
		address, answers = answers[0], answers[1:]
		if address == "" {
			err = errors.New("no answer")
		}
		return address, err
	}})
	for range 4 {
		_, _ = o.Find(t.Context(), "9b")
	}
	want := `level=INFO msg="class: looking for the hub on this network" class=9b
level=INFO msg="class: hub found" class=9b broker=mqtt://192.168.1.5:1883
level=INFO msg="class: looking for the hub on this network" class=9b
`
	if got := log.String(); got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
}
