//go:build unix

package main

import (
	"context"
	"fmt"
	"math"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"hillock/cmd/hillock/internal/class"
	"hillock/cmd/hillock/internal/wall"
)

// pupils are names of boards.
var pupils = []string{"mara", "ida", "jonas", "luis", "emma", "noah", "mila", "ben", "lea", "finn", "hanna", "paul", "sofia", "leon", "nele", "max",
	"klara", "oskar", "frieda", "anton", "lina", "theo", "greta", "emil", "marie", "felix", "ella", "jakob", "amelie", "henry"}

// room is a wall with boards in this process. Each board has three neurons, and a synapse to its neighbour.
type room struct {
	*wall.Wall
	url    string
	folder string
	n      int
}

func (r *room) name(k int) string {
	if k < len(pupils) {
		return pupils[k]
	}
	return pupils[k%len(pupils)] + "-" + strconv.Itoa(k/len(pupils)+1)
}

// newRoom starts a wall with n boards. Each neuron fires at hz. With light the first neurons fire one after another.
func newRoom(t *testing.T, o wall.Options, n int, hz float64, light bool) *room {
	t.Helper()
	o.Class, o.Clients = "9b", 20
	if o.Folder == "" {
		o.Folder = t.TempDir()
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w, err := wall.New(o)
	if err != nil {
		t.Fatal(err)
	}
	w.State("connected")
	r := &room{Wall: w, url: "http://" + l.Addr().String(), folder: o.Folder, n: n}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 2)
	go func() { ended <- w.Serve(ctx, l) }()
	for k := range n {
		r.say(r.name(k), class.KindState, nil)
		r.hello(k, n)
	}
	go func() { r.play(ctx, hz, light); ended <- nil }()
	t.Cleanup(func() {
		stop()
		for range 2 {
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
	})
	return r
}

// say publishes a message; nil is the state online.
func (r *room) say(board string, kind class.Kind, text []byte) {
	if kind == class.KindState && text == nil {
		text = []byte(class.Online)
	}
	r.Take(class.Topic{Class: "9b", Board: board, Kind: kind}.String(), text)
}

func encode[M class.Message](m M) []byte {
	text, err := class.Encode(m)
	if err != nil {
		panic(err)
	}
	return text
}

func (r *room) hello(k, n int) {
	h := class.Hello{Version: "test", Run: "a", Where: "virtual Pi", DT: 0.1, Tick: 1, Speed: 1, Started: time.Unix(1e9, 0)}
	for i := range 3 {
		h.Neurons = append(h.Neurons, class.HelloNeuron{Name: fmt.Sprint("n", i+1), Count: 1, Model: "lif"})
	}
	if n > 1 {
		weight := 10.0
		if k%7 == 3 {
			weight = -5
		}
		h.Synapses = []class.HelloSynapse{{Name: "left", From: []string{r.name((k+n-1)%n) + "/n1"}, To: []string{"n1"}, Kind: "delta", Weight: weight, Unit: "mV", Delay: 250}}
	}
	r.say(r.name(k), class.KindHello, encode(h))
}

// play publishes a batch of each board each 50 ms, and rates each second.
func (r *room) play(ctx context.Context, hz float64, light bool) {
	every := time.NewTicker(50 * time.Millisecond)
	defer every.Stop()
	for to := int64(500); ; to += 500 {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
		for k := range r.n {
			at, gap := to, int64(0)
			if k%9 == 4 && to/500%400 > 390 { // lost for half a second in 20 s
				continue
			}
			s := class.Spikes{Run: "a", From: at - 499 - gap, To: at, DT: 0.1, AtNs: at * 100_000, Spikes: map[string][]int64{}}
			if k%9 == 4 && to/500%400 == 0 {
				s.From = to - 499
			}
			for i := range 3 {
				name := fmt.Sprint("n", i+1)
				if i == 0 && light {
					round := int64(2500 * r.n) // 250 ms from board to board
					for step := s.From; step <= s.To; step++ {
						if (step-int64(k)*2500)%round == 0 {
							s.Spikes[name] = append(s.Spikes[name], step)
						}
					}
					continue
				}
				rate := hz * (0.4 + 0.6*math.Abs(math.Sin(float64(3*k+i)+float64(to)/60_000)))
				period := max(int64(10_000/rate), 1)
				for step := (s.From + period - 1) / period * period; step <= s.To; step += period {
					s.Spikes[name] = append(s.Spikes[name], step)
				}
			}
			r.say(r.name(k), class.KindSpikes, encode(s))
			if to%10_000 == 0 {
				rates := class.Rates{Run: "a", Step: to}
				for i := range 3 {
					rates.Neurons = append(rates.Neurons, class.NeuronRate{Name: fmt.Sprint("n", i+1), RateHz: hz * (0.4 + 0.6*math.Abs(math.Sin(float64(3*k+i))))})
				}
				if k%13 == 6 {
					rates.LateSpikes = to / 50_000
				}
				r.say(r.name(k), class.KindRates, encode(rates))
			}
		}
	}
}

// The wall in a real browser, with 0 to 100 boards in both themes.
func TestWallInChromium(t *testing.T) {
	ctx := chromium(t)
	invitation := wall.Options{Invitation: wall.Invitation{Addresses: []string{"mqtt://192.168.1.5:1883"}}, Code: "K7QM-2RPD", URL: "http://192.168.1.5:8080"}
	for _, tt := range []struct {
		boards int
		hz     float64
		text   string
	}{{0, 100, ""}, {1, 40, "1 board"}, {8, 40, "8 boards"}, {30, 100, "30 boards"}, {100, 100, "100 boards"}} {
		t.Run(fmt.Sprint(tt.boards, " boards"), func(t *testing.T) {
			p := open(t, ctx, newRoom(t, invitation, tt.boards, tt.hz, tt.boards == 8).url)
			defer p.well(t)
			p.until(t, fmt.Sprintf("document.querySelectorAll('#boards li').length === %d && text('#count') === %q", tt.boards, tt.text))
			p.until(t, "document.body.innerText.includes('K7QM-2RPD') && document.body.innerText.includes('hillock run --class 9b')")
			if tt.boards > 0 {
				p.until(t, "drawnOn('#picture') > 0.002")
			}
			if os.Getenv("HILLOCK_SHOTS") != "" {
				p.until(t, "performance.now() > 22000") // a full picture, with a gap
			}
			for _, s := range [][2]int64{{1920, 1080}, {1280, 720}, {3840, 2160}} {
				for _, theme := range []string{"light", "dark"} {
					p.look(t, s[0], s[1], theme)
					p.fitsOnTheScreen(t, tt.boards)
					p.shot(t, fmt.Sprintf("wall-%d-%d-%s", tt.boards, s[0], theme))
				}
			}
			t.Run("axe-core", p.accessible)
		})
	}
	t.Run("the teacher", func(t *testing.T) {
		r := newRoom(t, invitation, 8, 40, true)
		p := open(t, ctx, r.url)
		defer p.well(t)
		p.until(t, "document.querySelectorAll('#boards li').length === 8")
		p.teaches(t, r)
		other := open(t, ctx, r.url)
		defer other.well(t)
		other.until(t, "text('#boards li b') === 'Henriette' && text('#muted button') === 'mila'")
	})
	t.Run("a stranger and the token", func(t *testing.T) {
		o := invitation
		o.Token, o.Beyond = "open sesame", true
		p := open(t, ctx, at(t, remote, newRoom(t, o, 8, 40, true).url))
		defer p.well(t)
		p.until(t, "document.querySelectorAll('#boards li').length === 8")
		const knows = "document.documentElement.outerHTML.includes('K7QM-2RPD')"
		if eval[bool](t, p, knows+" || !$('#freeze').hidden || $('#auth').hidden") {
			t.Error("a stranger got the join code or a button for changes")
		}
		eval[chromedp.Void](t, p, "$('#token').focus()")
		p.do(t, chromedp.KeyEvent("open sesame"+kb.Enter))
		p.until(t, knows+" && !$('#freeze').hidden && $('#auth').hidden")
		p.do(t, chromedp.Reload())
		p.until(t, knows+" && !$('#freeze').hidden")
	})
}

// fitsOnTheScreen fails with a scroll bar, or with a name that is cut or small.
func (p *tab) fitsOnTheScreen(t *testing.T, boards int) {
	t.Helper()
	got := eval[struct {
		Scrolls bool
		Cut     []string
		Letters float64
	}](t, p, `({
	  Scrolls: document.documentElement.scrollHeight > innerHeight || document.documentElement.scrollWidth > innerWidth,
	  Cut: [...document.querySelectorAll('#boards b')].filter((b) => b.scrollWidth > b.clientWidth + 1).map((b) => b.textContent),
	  Letters: Math.min(innerHeight, ...[...document.querySelectorAll('#boards b')].map((b) => parseFloat(getComputedStyle(b).fontSize))) / innerHeight,
	})`)
	if got.Scrolls || len(got.Cut) > 0 || boards <= 30 && got.Letters < 1./46 || got.Letters < 1./60 {
		t.Errorf("got scroll bars: %t, cut names %q, letters of 1/%.0f of the screen", got.Scrolls, got.Cut, 1/got.Letters)
	}
}

// teaches freezes, names, moves and mutes.
func (p *tab) teaches(t *testing.T, r *room) {
	const picture = "$('#picture').toDataURL()"
	p.until(t, "drawnOn('#picture') > 0.01")
	p.press(t, " ")
	p.until(t, "!$('#frozen').hidden && text('#freeze') === 'Go on'")
	before := eval[string](t, p, "await new Promise((done) => setTimeout(done, 300)).then(() => "+picture+")")
	if after := eval[string](t, p, "await new Promise((done) => setTimeout(done, 300)).then(() => "+picture+")"); after != before {
		t.Error("got a moving picture, want it frozen")
	}
	p.shot(t, "wall-frozen")
	p.press(t, " ")
	p.until(t, "$('#frozen').hidden")
	eval[chromedp.Void](t, p, "(window.before = "+picture+")")
	p.until(t, "window.before !== "+picture)

	const names = "[...document.querySelectorAll('#boards b')].map((b) => b.textContent).join(' ')"
	p.until(t, names+" === 'ben emma ida jonas luis mara mila noah'")
	eval[chromedp.Void](t, p, "document.querySelector('#boards button').focus()")
	p.press(t, kb.ArrowDown, kb.Enter)
	p.until(t, "$('#board').open && text('#board-title') === 'emma' && text('#facts').includes('jonas/n1') === false && text('#facts').includes('luis/n1 (250 ms)')")
	p.shot(t, "wall-board")
	eval[chromedp.Void](t, p, "($('#shown').focus(), $('#shown').select())")
	p.do(t, chromedp.KeyEvent("Henriette"+kb.Enter))
	p.until(t, names+" === 'ben Henriette ida jonas luis mara mila noah' && !$('#board').open")
	p.until(t, "document.activeElement.textContent.includes('Henriette')")
	r.shifted(t, p, names, "Henriette ben ida jonas luis mara mila noah")

	p.drag(t, p.part(t, "#boards li:nth-child(8) button", 0.3, 0.5), p.part(t, "#boards li:nth-child(5) button", 0.3, 0.5), p.part(t, "#boards li:nth-child(3) button", 0.3, 0.5))
	p.until(t, names+" === 'Henriette ben noah ida jonas luis mara mila'")
	p.click(t, "#by-name")
	p.until(t, names+" === 'ben Henriette ida jonas luis mara mila noah'")
	p.click(t, "#by-rate")
	p.until(t, names+" !== 'ben Henriette ida jonas luis mara mila noah'")
	p.click(t, "#by-name")
	p.until(t, names+" === 'ben Henriette ida jonas luis mara mila noah'")
	eval[chromedp.Void](t, p, "document.querySelectorAll('#boards button')[1].focus()")
	r.shifted(t, p, names, "Henriette ben ida jonas luis mara mila noah")

	p.click(t, "#boards li:nth-child(7) button")
	p.click(t, "#mute")
	p.until(t, "text('#muted button') === 'mila' && "+names+" === 'Henriette ben ida jonas luis mara noah'")
	p.click(t, "#board-close")
	p.press(t, "j")
	p.until(t, "$('#join').open && text('#join').includes('--broker mqtt://192.168.1.5:1883')")
	p.shot(t, "wall-join")
	p.press(t, "j")
	p.until(t, "!$('#join').open")
	p.press(t, "m")
	p.until(t, "$('#map').hidden")
	p.press(t, "m")
	p.until(t, "!$('#map').hidden && text('#synapses').includes('luis projects to Henriette')")
	kept, err := os.ReadFile(filepath.Join(r.folder, "walls", "9b.json"))
	if err != nil || !strings.Contains(string(kept), `"emma": "Henriette"`) || !strings.Contains(string(kept), `"mila"`) {
		t.Errorf("got %s and %v, want the name and the muted board", kept, err)
	}
}

// shifted moves the focused board up.
func (r *room) shifted(t *testing.T, p *tab, names, want string) {
	t.Helper()
	p.do(t, chromedp.KeyEvent(kb.ArrowUp, chromedp.KeyModifiers(chromedp.ModifierShift)))
	p.until(t, names+" === '"+want+"'")
}
