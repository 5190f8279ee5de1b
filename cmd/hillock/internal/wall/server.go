package wall

import (
	"context"
	"embed"
	"encoding/json"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"hillock/cmd/hillock/internal/serve"
	"hillock/cmd/hillock/internal/web"
)

// Protocol is the wall's subprotocol of WebSocket. The server refuses a page of another version.
const Protocol = "hillock.wall.1"

//go:embed page
var page embed.FS

// shared are the files of the run's page that this page uses too.
func shared() []string { return []string{"style.css", "link.js", "show.js", "svg.js"} }

// Periods of messages.
const (
	frameTime  = time.Second / 30
	statusTime = time.Second / 4
)

// Options of a Wall.
type Options struct {
	serve.Options
	Invitation        // without a code
	Code       string // join code; "": none known. Viewers on this machine and with the token see it.
	URL        string // address for other machines; "": none
	Folder     string // for the teacher's setup; "": it is not kept
	Version    string
	Logger     *slog.Logger
}

// Wall is the page of a class. Its lock is held for short times, and never during a call of a viewer.
type Wall struct {
	*serve.Server
	o     Options
	began time.Time

	keeping sync.Mutex // keeps writes of the setup in order, before mu

	mu      sync.Mutex // guards the rest
	world   *World
	film    film
	setup   setup
	muted   map[uint16]bool
	broker  string // state of the connection
	viewers map[*viewer]struct{}

	changes int64 // of the setup
	reports map[uint16]report
	rev     int64 // of the latest report
}

// report is the text about a board, and the revision that brought it.
type report struct {
	text json.RawMessage
	rev  int64
}

// New returns the wall of a class. Take feeds it.
func New(o Options) (*Wall, error) {
	s, err := readSetup(o.Folder, o.Class)
	if err != nil {
		return nil, err
	}
	o.Commands = o.commands(o.Code != "")
	o.Protocol, o.Farewell = Protocol, "the wall has ended"
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	w := &Wall{Server: serve.New(o.Options), o: o, began: time.Now(), world: NewWorld(o.Class), setup: s, broker: "connecting",
		viewers: map[*viewer]struct{}{}, reports: map[uint16]report{}, changes: 1}
	w.world.hide(s.Removed)
	w.Handle(routes(), w.view)
	w.Spawn(w.show)
	return w, nil
}

// routes returns the handlers of all files.
func routes() map[string]http.Handler {
	own, err := fs.Sub(page, "page")
	if err != nil {
		panic(err) // the folder is embedded
	}
	all, others := serve.Files(own), serve.Files(web.Files())
	for _, name := range shared() {
		all["/"+name] = others["/"+name]
	}
	all["/healthz"] = serve.Made("text/plain; charset=utf-8", func() []byte { return []byte("ok\n") })
	return all
}

// Take takes a message of the broker. Any goroutine may call it.
func (w *Wall) Take(topic string, payload []byte) {
	now := time.Since(w.began)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.world.Take(topic, payload, now)
}

// State sets the state of the connection to the broker, in words.
func (w *Wall) State(broker string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.broker = broker
}

// show makes frames and reports, and sends them to each viewer in turn, until ctx ends.
func (w *Wall) show(ctx context.Context) {
	frames := time.NewTicker(frameTime)
	defer frames.Stop()
	var looked time.Time
	var viewers []*viewer
	for {
		var status []byte
		select {
		case <-ctx.Done():
			return
		case at := <-frames.C:
			if at.Sub(looked) >= statusTime {
				looked, status = at, w.look()
			}
		}
		w.mu.Lock()
		w.film.shoot(w.world, w.muted, time.Since(w.began))
		viewers = slices.AppendSeq(viewers[:0], maps.Keys(w.viewers))
		w.mu.Unlock()
		p := &press{}
		for _, v := range viewers {
			v.give(p, status)
		}
		clear(viewers)
	}
}

// status is the wall's own state.
type status struct {
	Type    string `json:"type"`
	Broker  string `json:"broker"`
	Viewers int    `json:"viewers"`
	Foreign int64  `json:"foreign"`
	LeftOut int64  `json:"left_out"`
	Unshown int64  `json:"unshown"`
}

// look renews the reports of all boards, unless the picture is frozen. It returns the status.
func (w *Wall) look() []byte {
	viewers := w.Count()
	now := time.Since(w.began)
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.film.frozen || len(w.reports) == 0 {
		w.renew(now)
	}
	w.muted = w.world.ids(w.setup.Muted)
	text, _ := json.Marshal(status{"status", w.broker, viewers, w.world.Foreign, w.world.LeftOut, w.world.Unshown}) // no error: numbers and text
	return text
}

// renew renews the reports.
func (w *Wall) renew(now time.Duration) {
	present := map[uint16]bool{}
	next := w.rev + 1
	for _, b := range w.world.Boards(now) {
		present[b.ID] = true
		text, err := json.Marshal(b)
		if err != nil || string(text) == string(w.reports[b.ID].text) {
			continue
		}
		w.reports[b.ID], w.rev = report{text, next}, next
	}
	for id := range w.reports {
		if !present[id] {
			delete(w.reports, id)
			w.rev = next
		}
	}
}
