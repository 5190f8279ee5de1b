package wall

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/class"
)

const at = 100 * time.Second // on the receiver's clock

// said takes a message of a board in class 9b.
func said[M class.Message](t *testing.T, w *World, board string, kind class.Kind, m M, now time.Duration) {
	t.Helper()
	text, err := class.Encode(m)
	if err != nil {
		t.Fatal(err)
	}
	w.Take(class.Topic{Class: "9b", Board: board, Kind: kind}.String(), text, now)
}

// hello describes a board with neurons of these counts: n1, n2 ...
func hello(run string, counts ...int64) class.Hello {
	h := class.Hello{Version: "1.0.0", Run: run, Where: "virtual Pi", DT: 0.1, Tick: 1, Speed: 1, Started: time.Unix(1e9, 0)}
	for i, n := range counts {
		h.Neurons = append(h.Neurons, class.HelloNeuron{Name: fmt.Sprint("n", i+1), Count: n, Model: "lif"})
	}
	return h
}

// batch has 500 steps of 0.1 ms up to a step. The sender's clock is 0 at step 0.
func batch(run string, to int64, spikes map[string][]int64) class.Spikes {
	return class.Spikes{Run: run, From: to - 499, To: to, DT: 0.1, AtNs: to * 100_000, Spikes: spikes}
}

// shown is a decoded frame.
type shown struct {
	At     float64 // ms
	Cut    float32 // s
	Gaps   [][3]uint16
	Spikes []string // board line age
}

func decode(t *testing.T, b []byte) (f shown) {
	t.Helper()
	u16 := func() uint16 { v := binary.LittleEndian.Uint16(b); b = b[2:]; return v }
	if b[0] != frameVersion {
		t.Fatalf("got version %d", b[0])
	}
	f.At = math.Float64frombits(binary.LittleEndian.Uint64(b[1:]))
	f.Cut = math.Float32frombits(binary.LittleEndian.Uint32(b[9:]))
	b = b[13:]
	for range u16() {
		f.Gaps = append(f.Gaps, [3]uint16{u16(), u16(), u16()})
	}
	for range u16() {
		board, n := u16(), u16()
		for range n {
			line := b[0]
			b = b[1:]
			f.Spikes = append(f.Spikes, fmt.Sprint(board, line, u16()))
		}
	}
	if len(b) > 0 {
		t.Errorf("got %d more bytes", len(b))
	}
	return f
}

// frame returns the next frame of a new film.
func frame(t *testing.T, w *World, now time.Duration) shown {
	t.Helper()
	var f film
	f.shoot(w, nil, now)
	return decode(t, f.frames[0])
}

func TestSpikesAreInTheMiddleOfTheirSteps(t *testing.T) {
	w := NewWorld("9b")
	said(t, w, "mara", class.KindHello, hello("a", 1, 3), at)
	said(t, w, "mara", class.KindSpikes, batch("a", 500, map[string][]int64{"n1": {1, 250}, "n2.3": {500}, "n2.4": {7}, "x": {1, 2}}), at)
	got := frame(t, w, at+100*time.Millisecond)
	// 100 ms after the end of step 500: step 1 was 49.95 ms before it, step 250 25.05 ms, step 500 0.05 ms.
	want := shown{At: 100_100, Spikes: []string{"1 0 150", "1 0 125", "1 3 100"}}
	if diff := cmp.Diff(want, got, cmp.Transformer("set", func(all []string) map[string]bool {
		set := map[string]bool{}
		for _, s := range all {
			set[s] = true
		}
		return set
	})); diff != "" {
		t.Errorf("frame (-want +got):\n%s", diff)
	}
	if w.Unshown != 3 {
		t.Errorf("got %d spikes without a line, want 3", w.Unshown)
	}
}

// A message that was late on its way does not move the picture. A clock that runs 100 ppm slower does.
func TestShortestWayMapsTheClock(t *testing.T) {
	var m mapping
	for _, tt := range []struct{ sent, arrived, want time.Duration }{
		{0, at + 20*time.Millisecond, at + 20*time.Millisecond},
		{time.Second, at + time.Second + 5*time.Millisecond, at + 5*time.Millisecond},
		{2 * time.Second, at + 2*time.Second + 800*time.Millisecond, at + 5*time.Millisecond + 359*time.Microsecond},
		{3 * time.Second, at + 3*time.Second + time.Millisecond, at + time.Millisecond},
	} {
		m.see(tt.sent, tt.arrived)
		if got := m.at(0); got != tt.want {
			t.Errorf("sent %v, arrived %v: got an offset of %v, want %v", tt.sent, tt.arrived, got, tt.want)
		}
	}
	slow := mapping{}
	for s := range 1000 {
		sent := time.Duration(s) * time.Second
		slow.see(sent-sent/10_000, sent)
	}
	if got := slow.at(999*time.Second - 999*time.Second/10_000); got < 999*time.Second-time.Millisecond || got > 999*time.Second {
		t.Errorf("got %v for a slow clock after 999 s, want it within 1 ms", got)
	}
}

// The page's unit test reads the same frame.
func TestFrameOfThePagesTest(t *testing.T) {
	text, err := os.ReadFile("testdata/frame.hex")
	if err != nil {
		t.Fatal(err)
	}
	f := film{resumed: at, cut: time.Minute, lost: time.Minute}
	w := NewWorld("9b")
	w.gaps = []gap{{3, at + 250*time.Millisecond, at + 350*time.Millisecond}}
	w.spikes = []spike{{300, 63, at + 999*time.Millisecond}, {3, 0, at + 400*time.Millisecond}, {3, 2, at + time.Second}}
	f.shoot(w, nil, at+time.Second)
	if got, want := hex.EncodeToString(f.frames[0]), strings.TrimSpace(string(text)); got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
}

func TestMissingBatchesAreAGap(t *testing.T) {
	w := NewWorld("9b")
	said(t, w, "mara", class.KindHello, hello("a", 1), at)
	said(t, w, "mara", class.KindSpikes, batch("a", 500, nil), at+50*time.Millisecond)
	said(t, w, "mara", class.KindSpikes, batch("a", 2000, nil), at+200*time.Millisecond)
	got := frame(t, w, at+300*time.Millisecond)
	if diff := cmp.Diff(shown{At: 100_300, Gaps: [][3]uint16{{1, 250, 150}}}, got); diff != "" {
		t.Errorf("frame (-want +got):\n%s", diff)
	}
	for after, want := range map[time.Duration]bool{0: true, span - time.Millisecond: true, span: false} {
		b := w.Boards(at + 200*time.Millisecond + after)[0]
		if b.Lost != 1000 || b.LostMs != 100 || b.Gaps != 1 || b.Trouble != want {
			t.Errorf("after %v: got %d steps lost, %d ms, in %d gaps, trouble %t, want 1000, 100 ms, in 1, %t", after, b.Lost, b.LostMs, b.Gaps, b.Trouble, want)
		}
	}
	said(t, w, "mara", class.KindSpikes, batch("a", 2000, nil), at+250*time.Millisecond) // again
	said(t, w, "mara", class.KindSpikes, batch("b", 700, nil), at+300*time.Millisecond)  // a new run
	if b := w.Boards(at + 300*time.Millisecond)[0]; b.Lost != 0 || b.Trouble || w.Foreign != 1 {
		t.Errorf("got %d steps lost in the new run, trouble %t and %d foreign messages, want 0, false and 1", b.Lost, b.Trouble, w.Foreign)
	}
}

// Late spikes and skipped steps are troubles too, late ones only when there are more than before.
func TestLateSpikesAreATrouble(t *testing.T) {
	w := NewWorld("9b")
	for i, tt := range []struct {
		late int64
		want bool
	}{{5, false}, {5, false}, {6, true}} {
		said(t, w, "mara", class.KindRates, class.Rates{Run: "a", LateSpikes: tt.late}, at)
		if b := w.Boards(at)[0]; b.Late != tt.late || b.Trouble != tt.want {
			t.Errorf("message %d: got %d late spikes, trouble %t, want %d, %t", i, b.Late, b.Trouble, tt.late, tt.want)
		}
	}
	s := batch("a", 500, nil)
	s.Skipped = 20
	said(t, w, "ida", class.KindSpikes, s, at)
	if b := w.Boards(at)[0]; b.Skipped != 20 || !b.Trouble {
		t.Errorf("got %d skipped steps, trouble %t, want 20, true", b.Skipped, b.Trouble)
	}
}

func TestStates(t *testing.T) {
	w := NewWorld("9b")
	w.Take("hillock/1/9b/mara/state", []byte("online"), at)
	said(t, w, "mara", class.KindSpikes, batch("a", 500, nil), at)
	w.Take("hillock/1/9b/ida/state", []byte("offline"), at)
	for after, want := range map[time.Duration]string{time.Second: "gone online", 3 * time.Second: "gone silent"} {
		b := w.Boards(at + after)
		if got := b[0].State + " " + b[1].State; got != want {
			t.Errorf("after %v: got %s, want %s", after, got, want)
		}
	}
	if w.Remove("mara") || !w.Remove("ida") || w.Remove("ida") {
		t.Error("want only a board that is gone removed, and once")
	}
	if got := w.Names(); !cmp.Equal(got, []string{"mara"}) {
		t.Errorf("got %q, want mara alone", got)
	}
}

// The broker forgets a board when its retained state is deleted, as at the end of a swarm. Its later messages begin a new board.
func TestDeletedStateRemovesTheBoard(t *testing.T) {
	w := NewWorld("9b")
	for _, name := range []string{"ida", "mara"} {
		w.Take("hillock/1/9b/"+name+"/state", []byte("online"), at)
		said(t, w, name, class.KindSpikes, batch("a", 500, nil), at)
	}
	for _, kind := range []class.Kind{class.KindState, class.KindHello, class.KindRates} {
		w.Take(class.Topic{Class: "9b", Board: "mara", Kind: kind}.String(), nil, at)
		w.Take(class.Topic{Class: "9b", Board: "unknown", Kind: kind}.String(), nil, at)
	}
	if got := w.Names(); !cmp.Equal(got, []string{"ida"}) {
		t.Errorf("got %q, want ida alone", got)
	}
	w.Take("hillock/1/9b/ida/rates", nil, at)
	w.Take("hillock/1/9b/mara/state", []byte("online"), at)
	if got := w.Names(); !cmp.Equal(got, []string{"ida", "mara"}) || w.Foreign != 0 {
		t.Errorf("got %q and %d foreign messages, want both boards and 0", got, w.Foreign)
	}
}

func TestRatesAndSynapses(t *testing.T) {
	w := NewWorld("9b")
	h := hello("a", 1, 3)
	h.Synapses = []class.HelloSynapse{{Name: "s", From: []string{"n1", "ida/n1.2"}, To: []string{"n2"}, Kind: "exp", Weight: -2, Unit: "nA", Delay: 250}}
	said(t, w, "mara", class.KindHello, h, at)
	said(t, w, "mara", class.KindRates, class.Rates{Run: "a", Neurons: []class.NeuronRate{{Name: "n1", RateHz: 40}, {Name: "n2", RateHz: 60.04}}}, at)
	mean := 55.0
	want := []Board{{ID: 1, Name: "mara", State: "gone", Where: "virtual Pi", Lines: 4, Neurons: []table{{"n1", 1, 0}, {"n2", 3, 1}},
		Rates: []float64{40, 60}, Mean: &mean, Links: []link{{"ida", "n1.2", "n2", 250, true}}}}
	if diff := cmp.Diff(want, w.Boards(at)); diff != "" {
		t.Errorf("boards (-want +got):\n%s", diff)
	}
}

// Of a large population neighbours share a line.
func TestLinesAreShared(t *testing.T) {
	l := linesOf(hello("a", 1, 640).Neurons)
	for name, want := range map[string]uint8{"n1": 0, "n2": 0, "n2.1": 0, "n2.11": 1, "n2.640": 63} {
		if got, ok := l.line(name); got != want || !ok {
			t.Errorf("%s: got line %d, %t, want %d", name, got, ok, want)
		}
	}
	for _, name := range []string{"n3", "n2.0", "n2.641", "n2.x", "n2.", ""} {
		if got, ok := l.line(name); ok {
			t.Errorf("%q: got line %d, want none", name, got)
		}
	}
}

// Garbage is counted and never shown.
func TestForeignMessagesAreCounted(t *testing.T) {
	good, err := class.Encode(batch("a", 500, nil))
	if err != nil {
		t.Fatal(err)
	}
	w := NewWorld("9b")
	for _, tt := range []struct{ topic, text string }{
		{"hillock/1/9b/mara/spikes", "{}"}, {"hillock/1/9b/mara/spikes", ""}, {"hillock/1/9b/mara/hello", "[1"}, {"hillock/1/9b/mara/rates", "null"},
		{"hillock/1/9b/mara/state", "ONLINE"}, {"hillock/1/9b/mara/spikes", strings.Repeat(" ", 1<<20)},
		{"hillock/1/9c/mara/spikes", string(good)}, {"hillock/2/9b/mara/spikes", string(good)}, {"hillock/1/9b/m%3Cra/spikes", string(good)},
		{"hillock/1/9b/mara/spikes/x", string(good)}, {"$SYS/broker", "x"}, {"", ""},
	} {
		before := w.Foreign
		w.Take(tt.topic, []byte(tt.text), at)
		if w.Foreign != before+1 {
			t.Errorf("%s %.20q: got it taken", tt.topic, tt.text)
		}
	}
	w.Take("hillock/1/9b/mara/ask/ida", []byte("x"), at) // between two boards
	w.Take("hillock/1/9b/mara/hello", nil, at)           // a deleted message
	if n := len(w.Names()); n > 0 || w.Foreign != 12 {
		t.Errorf("got %d boards and %d foreign messages, want none and 12", n, w.Foreign)
	}
}

// Beyond the largest number of boards a new one needs the place of one that is gone.
func TestBoardsAreLimited(t *testing.T) {
	w := NewWorld("9b")
	state := func(k int, s string) {
		w.Take(fmt.Sprintf("hillock/1/9b/b%d/state", k), []byte(s), at+time.Duration(k))
	}
	for k := range maxBoards + 3 {
		state(k, "online")
	}
	if n := len(w.Names()); n != maxBoards || w.LeftOut != 3 {
		t.Errorf("got %d boards and %d left out, want %d and 3", n, w.LeftOut, maxBoards)
	}
	state(7, "offline")
	state(3, "offline")
	state(999, "online")
	if names := w.Names(); len(names) != maxBoards || w.boards["b3"] != nil || w.boards["b7"] == nil || w.boards["b999"] == nil {
		t.Errorf("got %d boards, want b999 in the place of b3, gone first", len(names))
	}
}

// Between two frames the news are limited.
func TestNewsAreLimited(t *testing.T) {
	w := NewWorld("9b")
	said(t, w, "mara", class.KindHello, hello("a", 200), at)
	all := map[string][]int64{}
	for k := range 200 {
		for n := range 100 {
			all[fmt.Sprint("n1.", k+1)] = append(all[fmt.Sprint("n1.", k+1)], int64(n+1))
		}
	}
	for k := range 5 {
		s := batch("a", 500, all)
		s.From, s.To = int64(1+2000*k), int64(500+2000*k)
		for name, steps := range s.Spikes {
			for i := range steps {
				steps[i] = s.From + int64(i)
			}
			s.Spikes[name] = steps
		}
		said(t, w, "mara", class.KindSpikes, s, at)
	}
	if len(w.spikes) != maxNews || w.Unshown != 5*20_000-maxNews || len(w.gaps) != 4 {
		t.Errorf("got %d spikes, %d unshown and %d gaps, want %d, %d and 4", len(w.spikes), w.Unshown, len(w.gaps), maxNews, 5*20_000-maxNews)
	}
	if got := frame(t, w, at); len(got.Spikes) != maxNews || len(w.spikes) != 0 {
		t.Errorf("got a frame of %d spikes, want %d, and %d left", len(got.Spikes), maxNews, len(w.spikes))
	}
}

// A frozen film goes on where it stood, without the spikes of the meantime.
func TestFrozenFilmGoesOnWithoutAJump(t *testing.T) {
	w := NewWorld("9b")
	said(t, w, "mara", class.KindHello, hello("a", 1), at)
	var f film
	fire := func(to int64, now time.Duration) {
		said(t, w, "mara", class.KindSpikes, batch("a", to, map[string][]int64{"n1": {to - 499}}), now)
	}
	last := func() shown { return decode(t, f.frames[len(f.frames)-1]) }
	fire(500, at)
	f.shoot(w, nil, at)
	f.freeze(true, at)
	f.freeze(true, at+time.Second) // again
	fire(1000, at+50*time.Millisecond)
	f.shoot(w, nil, at+time.Second)
	if len(f.frames) != 1 || f.now(at+time.Second) != at {
		t.Errorf("got %d frames and the time %v, want the one of before at %v", len(f.frames), f.now(at+time.Second), at)
	}
	f.freeze(false, at+time.Minute)
	fire(600_500, at+time.Minute+10*time.Millisecond) // a spike of 40 ms before the end of the freeze
	f.shoot(w, nil, at+time.Minute+20*time.Millisecond)
	if diff := cmp.Diff(shown{At: 100_020, Cut: 60}, last()); diff != "" {
		t.Errorf("frame (-want +got):\n%s", diff)
	}
	fire(601_000, at+time.Minute+60*time.Millisecond)
	f.shoot(w, nil, at+time.Minute+60*time.Millisecond)
	if got := last(); got.At != 100_060 || got.Cut != 0 || len(got.Spikes) != 1 {
		t.Errorf("got %+v, want a spike and no cut", got)
	}
	f.shoot(w, nil, at+time.Minute+span+30*time.Millisecond)
	if len(f.frames) != 2 || len(f.after(0)) != 2 || len(f.after(f.made-1)) != 1 || len(f.after(f.made)) != 0 {
		t.Errorf("got %d frames after %v, want those of the last %v", len(f.frames), span, span)
	}
}

func TestMutedBoardsHaveNoSpikes(t *testing.T) {
	w := NewWorld("9b")
	for _, board := range []string{"ida", "mara"} {
		said(t, w, board, class.KindHello, hello("a", 1), at)
		said(t, w, board, class.KindSpikes, batch("a", 500, map[string][]int64{"n1": {500}}), at)
	}
	var f film
	f.shoot(w, w.ids([]string{"ida", "max"}), at)
	if got := decode(t, f.frames[0]).Spikes; !cmp.Equal(got, []string{"2 0 0"}) {
		t.Errorf("got %q, want the spike of mara", got)
	}
}
