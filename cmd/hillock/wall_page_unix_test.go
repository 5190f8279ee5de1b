//go:build unix

package main

import (
	"context"
	"fmt"
	"math"
	"net"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"

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
	crowd  int      // number of the board with 100 neurons n2; 0: none
	away   sync.Map // names of the boards that send nothing
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
	if k > 0 && k == r.crowd {
		h.Neurons[1].Count = 100
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

// play publishes a batch of each board each 50 ms, and rates each second. Some boards are in trouble.
func (r *room) play(ctx context.Context, hz float64, light bool) {
	every := time.NewTicker(50 * time.Millisecond)
	defer every.Stop()
	began := time.Now()
	for to := int64(500); ; {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
		for ; to <= time.Since(began).Milliseconds()*10; to += 500 {
			for k := range r.n {
				if _, away := r.away.Load(r.name(k)); !away {
					r.batch(k, to, hz, light)
				}
			}
		}
	}
}

// batch publishes the steps of a board up to to. Each ninth board loses 450 ms in 8 s.
func (r *room) batch(k int, to int64, hz float64, light bool) {
	if k%9 == 4 && to/500%160 > 150 {
		return
	}
	s := class.Spikes{Run: "a", From: to - 499, To: to, DT: 0.1, AtNs: to * 100_000, Spikes: map[string][]int64{}}
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
	for m := range int64(100) {
		if name := fmt.Sprint("n2.", m+1); k > 0 && k == r.crowd && (to+97*m)%1000 < 500 {
			s.Spikes[name] = []int64{to - (to+97*m)%1000}
		}
	}
	if k%13 == 11 && to%50_000 == 0 {
		s.Skipped = 20
	}
	r.say(r.name(k), class.KindSpikes, encode(s))
	if to%10_000 != 0 {
		return
	}
	rates := class.Rates{Run: "a", Step: to}
	for i := range 3 {
		rates.Neurons = append(rates.Neurons, class.NeuronRate{Name: fmt.Sprint("n", i+1), RateHz: hz * (0.4 + 0.6*math.Abs(math.Sin(float64(3*k+i))))})
	}
	if k%13 == 6 {
		rates.LateSpikes = to / 50_000
	}
	r.say(r.name(k), class.KindRates, encode(rates))
}

// leave takes a board away until comeBack.
func (r *room) leave(board string) {
	r.away.Store(board, true)
	r.say(board, class.KindState, []byte(class.Offline))
}

func (r *room) comeBack(board string) {
	r.say(board, class.KindState, nil)
	r.away.Delete(board)
}

// The wall in a real browser, with 0 to 100 boards in both themes.
func TestWallInChromium(t *testing.T) {
	ctx := chromium(t)
	invitation := wall.Options{Invitation: wall.Invitation{Found: true, Addresses: []string{"mqtt://192.168.1.5:1883"}}, Code: "K7QM-2RPD", URL: "http://192.168.1.5:8080"}
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
				p.until(t, "performance.now() > 12000") // a full picture
				if tt.boards > 0 {
					p.effort(t)
				}
			}
			p.projected(t, fmt.Sprint("wall-", tt.boards), tt.boards)
		})
	}
	t.Run("all states", func(t *testing.T) {
		r := newRoom(t, invitation, 14, 40, false)
		p := open(t, ctx, r.url)
		defer p.well(t)
		p.until(t, "document.querySelectorAll('#boards li').length === 14")
		p.states(t, r)
	})
}

// effort measures the pictures per second, and the time of the page's thread for each.
func (p *tab) effort(t *testing.T) {
	t.Helper()
	busy := func() (seconds float64) {
		all, err := chromedp.Call(p.ctx, performance.GetMetrics, cdp.Empty{})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range all.Metrics {
			if m.Name == "TaskDuration" {
				seconds = m.Value
			}
		}
		return seconds
	}
	if _, err := chromedp.Call(p.ctx, performance.Enable, performance.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	p.look(t, 1920, 1080, "light")
	before, began := busy(), time.Now()
	pictures := eval[float64](t, p, `await new Promise((done) => {
	  const paint = $('#picture')?.getContext('2d'), fill = paint.fillRect.bind(paint);
	  let n = 0;
	  paint.fillRect = (x, y, w, h) => { n += x === 0 && y === 0 && w === paint.canvas.width && h === paint.canvas.height; fill(x, y, w, h); };
	  setTimeout(() => { delete paint.fillRect; done(n); }, 5000);
	})`)
	t.Logf("%.1f pictures a second, %.1f ms for each", pictures/time.Since(began).Seconds(), 1000*(busy()-before)/max(pictures, 1))
}

// states shows boards in each state at once, one with more neurons than lines, and names with umlauts.
func (p *tab) states(t *testing.T, r *room) {
	r.crowd = 3
	r.hello(3, r.n)
	r.leave("ida")
	r.away.Store("jonas", true) // silent
	for board, shown := range map[string]string{"noah": "Jürgen & Zoë", "ben": "Ängström-Öztürk", "lea": "<b>Lea</b> øß"} {
		p.wish(t, map[string]any{"type": "name", "board": board, "name": shown})
	}
	for _, want := range []string{"gone", "silent", "lost", "late", "skipped"} {
		p.until(t, fmt.Sprintf("[...document.querySelectorAll('#boards .rate')].some((e) => e.textContent.endsWith(%q))", want))
	}
	p.until(t, "text('#boards').includes('<b>Lea</b> øß') && text('#count') === '12 of 14 boards'")
	if os.Getenv("HILLOCK_SHOTS") != "" {
		p.until(t, "performance.now() > 12000") // a full picture
	}
	p.projected(t, "wall-states", r.n)
}

// projected looks at the wall as projectors show it, in both themes.
func (p *tab) projected(t *testing.T, name string, boards int) {
	t.Helper()
	for _, s := range [][2]int64{{1024, 768}, {1280, 800}, {1920, 1080}, {3840, 2160}} {
		for _, theme := range []string{"light", "dark"} {
			p.look(t, s[0], s[1], theme)
			p.fitsOnTheScreen(t, boards)
			p.shot(t, fmt.Sprintf("%s-%d-%s", name, s[0], theme))
		}
	}
	t.Run("axe-core", p.accessible)
}

// fitsOnTheScreen fails with a scroll bar, or with a name that is cut or small.
func (p *tab) fitsOnTheScreen(t *testing.T, boards int) {
	t.Helper()
	got := eval[struct {
		Scrolls bool
		Cut     []string
		Over    []string
		Letters float64
	}](t, p, `({
	  Scrolls: document.documentElement.scrollHeight > innerHeight || document.documentElement.scrollWidth > innerWidth,
	  Cut: [...document.querySelectorAll('#boards b, #boards .rate')].filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.textContent),
	  Over: [...document.querySelectorAll('header > :not([hidden]), #boards button')].map((e) => [e, e.getBoundingClientRect()]).flatMap(([e, a], k, all) =>
	    all.slice(k + 1).filter(([, b]) => a.width && b.width && a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)
	      .map(([f]) => e.textContent.trim() + ' and ' + f.textContent.trim())),
	  Letters: Math.min(innerHeight, ...[...document.querySelectorAll('#boards b')].map((b) => parseFloat(getComputedStyle(b).fontSize))) / innerHeight,
	})`)
	if got.Scrolls || len(got.Cut) > 0 || len(got.Over) > 0 || boards <= 30 && got.Letters < 1./40 || got.Letters < 1./57 {
		t.Errorf("got scroll bars: %t, cut texts %q, texts on each other %q, letters of 1/%.0f of the screen", got.Scrolls, got.Cut, got.Over, 1/got.Letters)
	}
}
