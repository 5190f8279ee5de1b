package hub

import (
	"context"
	"io"
	"slices"
	"testing"

	"github.com/coder/websocket"
)

// say sends a message of the teacher.
func (v *viewer) say(t *testing.T, text string) {
	t.Helper()
	if err := v.Write(v.ctx, websocket.MessageText, []byte(text)); err != nil {
		t.Fatal(err)
	}
}

// still fails with a spike between two statuses from now.
func (v *viewer) still(t *testing.T, why string) {
	t.Helper()
	next := func() {
		seen := v.statuses
		v.until(t, "a status", func() bool { return v.statuses > seen })
	}
	next() // frames before the change
	before := v.spikes
	next()
	next()
	if v.spikes != before {
		t.Errorf("%s: got %d spikes, want none", why, v.spikes-before)
	}
}

// The teacher of a hub changes the wall beside a board that runs. No change is felt by the board.
func TestTeacherBesideALiveBoard(t *testing.T) {
	t.Setenv("STATE_DIRECTORY", t.TempDir())
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	t.Cleanup(cancel)
	printed, endHub := start(t, func(ctx context.Context, to io.Writer) error {
		return Run(ctx, Options{Listen: "127.0.0.1:0", Show: show(to)})
	})
	broker := "mqtt://" + printed.find(ctx, t, `--broker mqtt://(127\.0\.0\.1:\d+)\n`)
	v := view(ctx, t, printed.find(ctx, t, `open http://(127\.0\.0\.1:\d+)`))
	leave := sit(t, broker)
	fires := func(why string) {
		t.Helper()
		before := v.spikes
		v.until(t, why, func() bool { return v.spikes >= before+3 })
	}
	fires("spikes of the board")

	v.say(t, `{"type":"name","board":"mara","name":"Mara & Jörg"}`)
	v.until(t, "the name", func() bool { return v.names["mara"] == "Mara & Jörg" })
	v.say(t, `{"type":"freeze","on":true}`)
	v.until(t, "the freeze", func() bool { return v.frozen })
	v.still(t, "frozen")
	v.say(t, `{"type":"freeze","on":false}`)
	fires("spikes after the freeze")
	v.say(t, `{"type":"mute","board":"mara","on":true}`)
	v.until(t, "the mute", func() bool { return slices.Contains(v.muted, "mara") })
	v.still(t, "muted")
	v.say(t, `{"type":"mute","board":"mara","on":false}`)
	fires("spikes after the mute")
	v.say(t, `{"type":"remove","board":"mara"}`)
	v.until(t, "the refusal", func() bool { return v.refusal == "remove: mara is online: only a board that is gone can be removed" })
	if v.gaps > 0 {
		t.Errorf("got %d gaps, want none", v.gaps)
	}

	leave()
	v.until(t, "the end of the board", func() bool { return v.boards[1] == "gone" })
	v.say(t, `{"type":"remove","board":"mara"}`)
	v.until(t, "the removal", func() bool { return len(v.boards) == 0 })
	sit(t, broker)
	v.until(t, "its return", func() bool { return v.boards[2] == "online" })
	fires("spikes of the next run")
	if v.names["mara"] != "Mara & Jörg" {
		t.Errorf("got names %q, want mara's kept", v.names)
	}
	endHub()
}
