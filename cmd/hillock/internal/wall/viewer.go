package wall

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"sync/atomic"

	"github.com/coder/websocket"

	"hillock/cmd/hillock/internal/serve"
)

// maxRound is the size after which a viewer gets the rest with the next frame, in bytes.
const maxRound = 64 << 10

// viewer is a browser at the wall.
type viewer struct {
	*serve.Conn
	w *Wall

	owed atomic.Bool // a hello

	changes int64 // of the setup it has
	rev     int64 // of the reports it has
	frames  int64 // of the film it has
	taken   int64 // changes of this viewer so far; Wall.mu guards it
}

// view serves a viewer. Frames of the whole picture come first.
func (w *Wall) view(conn *serve.Conn) {
	v := &viewer{Conn: conn, w: w}
	v.owed.Store(true)
	defer func() {
		w.mu.Lock()
		delete(w.viewers, v)
		w.mu.Unlock()
	}()
	conn.Serve(func() {
		w.mu.Lock()
		w.viewers[v] = struct{}{}
		w.mu.Unlock()
	}, v.take)
}

// greeting is the first message, and again with permission for changes.
type greeting struct {
	Type       string     `json:"type"`
	Version    string     `json:"version"`
	MayChange  bool       `json:"may_change"`
	Seconds    float64    `json:"seconds"` // of the picture
	Invitation Invitation `json:"invitation"`
	URL        string     `json:"url"`
}

// hello returns the hello of a viewer. The join code is for the projector and the teacher: a browser on this machine, where the
// broker needs no code either, or one with the token. All others on the network read the wall without it, so that a stranger cannot
// join. A page without a token listens on this machine alone.
func (v *viewer) hello() []byte {
	o := v.w.o
	h := greeting{"hello", o.Version, v.MayChange(), span.Seconds(), o.Invitation, o.URL}
	if v.Here() || o.Token != "" && v.MayChange() {
		h.Invitation = o.secret(o.Code, o.URL)
	}
	text, _ := json.Marshal(h) // no error: numbers and text
	return text
}

// press keeps the texts of a round for all viewers with the same news.
type press struct {
	since int64
	text  []byte
}

// arrangement is the setup for the page, with the number of changes that came from this viewer before.
type arrangement struct {
	Type   string            `json:"type"`
	Taken  int64             `json:"taken"`
	Frozen bool              `json:"frozen"`
	Names  map[string]string `json:"names"`
	Order  []string          `json:"order"`
	Muted  []string          `json:"muted"`
}

// news are new reports. IDs are all present boards.
type news struct {
	Type   string            `json:"type"`
	IDs    []uint16          `json:"ids"`
	Boards []json.RawMessage `json:"boards"`
}

// give sends all news to the viewer, unless earlier messages are still in its queue: then they come with a later call. status is nil
// in most rounds.
func (v *viewer) give(p *press, status []byte) {
	if v.Behind() {
		return
	}
	if v.owed.CompareAndSwap(true, false) {
		v.Say(websocket.MessageText, v.hello())
	}
	w := v.w
	w.mu.Lock()
	var texts [][]byte
	if v.changes != w.changes {
		v.changes = w.changes
		text, _ := json.Marshal(arrangement{"setup", v.taken, w.film.frozen, w.setup.Names, w.setup.Order, w.setup.Muted}) // no error: text
		texts = append(texts, text)
	}
	if v.rev != w.rev {
		texts = append(texts, p.news(w, v.rev))
		v.rev = w.rev
	}
	frames := w.film.after(v.frames)
	first := w.film.made - int64(len(frames))
	size := 0
	for i, f := range frames {
		if size += len(f); size > maxRound {
			frames = frames[:i+1]
			break
		}
	}
	frames = slices.Clone(frames)
	w.mu.Unlock()
	if status != nil {
		texts = append(texts, status)
	}
	for _, text := range texts {
		v.Say(websocket.MessageText, text)
	}
	for _, f := range frames {
		v.Say(websocket.MessageBinary, f)
	}
	v.frames = first + int64(len(frames))
}

// news returns the reports after a revision.
func (p *press) news(w *Wall, since int64) []byte {
	if p.text != nil && p.since == since {
		return p.text
	}
	n := news{Type: "boards", IDs: slices.Sorted(maps.Keys(w.reports)), Boards: []json.RawMessage{}}
	for _, id := range n.IDs {
		if r := w.reports[id]; r.rev > since {
			n.Boards = append(n.Boards, r.text)
		}
	}
	p.since = since
	p.text, _ = json.Marshal(n) // no error: marshaled before
	return p.text
}

// wish is a message from a viewer.
type wish struct {
	Type   string   `json:"type"`
	Token  string   `json:"token"`
	Board  string   `json:"board"`
	Name   string   `json:"name"`
	On     bool     `json:"on"`
	Boards []uint16 `json:"boards"` // by their numbers: a message is short
}

// kinds returns the types of messages.
func kinds() []serve.Kind {
	return []serve.Kind{
		{Type: "auth", Keys: []string{"token"}}, {Type: "freeze", Keys: []string{"on"}}, {Type: "name", Keys: []string{"board", "name"}},
		{Type: "mute", Keys: []string{"board", "on"}}, {Type: "order", Keys: []string{"boards"}}, {Type: "remove", Keys: []string{"board"}},
	}
}

// take carries out a message, or returns the reason against it.
func (v *viewer) take(ctx context.Context, text []byte) error {
	var m wish
	if _, err := serve.Decode(text, kinds(), &m); err != nil {
		return err
	}
	if m.Type == "auth" {
		if err := v.Unlock(ctx, m.Token); err != nil {
			return err
		}
		v.owed.Store(true)
		return nil
	}
	if !v.MayChange() {
		return errors.New("changes need the token of this wall")
	}
	return v.w.change(v, m)
}
