//go:build unix

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"hillock/cmd/hillock/internal/class"
	"hillock/cmd/hillock/internal/swarm"
	"hillock/cmd/hillock/internal/wall"
	"hillock/config"
)

// lesson is a class of real programs: a hub, and boards with three neurons each, in a ring of synapses. A wall in this process reads
// the class too, and outlives the hub.
type lesson struct {
	boards int
	loop   string        // keys of the table loop
	each   time.Duration // model time of a board before the first kill, and after each one

	ctx    context.Context
	folder string
	hub    *exec.Cmd
	broker string        // host:port of the hub's broker
	page   string        // URL of the hub's wall
	cost   time.Duration // processor time of all hubs
	seats  []*seat
	got    *received
	wall   string // URL of this process's wall
}

// smallClass is a class for each day's tests. Its loops skip no time, however slow the machine is.
func smallClass() *lesson {
	return &lesson{boards: 3, loop: "tick = \"10 ms\"\nrealtime = \"off\"\nmax_lag = \"10 min\"\n", each: time.Second}
}

// dt is the integration step of a lesson, and batch the number of steps in a batch.
const (
	dt    = 100 * time.Microsecond
	batch = int64(50 * time.Millisecond / dt)
)

// The wall shows each spike of each board, step for step: those that the recording of the board has.
func TestWallShowsEachSpike(t *testing.T) {
	t.Parallel()
	smallClass().whole(t, time.Minute)
}

// A killed hub does not disturb the loops. The wall shows each gap with its length, and the gaps are exactly the lost steps.
func TestKilledHubLeavesItsBoardsAlone(t *testing.T) {
	t.Parallel()
	smallClass().killed(t, time.Minute, 1)
}

// TestLargeClass runs 30 boards for HILLOCK_TEST_CLASS, without a class and in one. Then 100 simulated boards send to the walls, and a
// hub is killed ten times under 30 boards. Two cores carry them with a tick of 5 ms.
func TestLargeClass(t *testing.T) {
	each, err := time.ParseDuration(os.Getenv("HILLOCK_TEST_CLASS"))
	if err != nil {
		t.Skip("SKIPPED: 30 boards in real time: HILLOCK_TEST_CLASS=60s runs them, for four minutes")
	}
	large := func(each time.Duration) *lesson { return &lesson{boards: 30, loop: "tick = \"5 ms\"\n", each: each} }
	t.Run("without a class", func(t *testing.T) { large(each).alone(t) })
	t.Run("in a class", func(t *testing.T) { large(each).whole(t, 2*each+time.Minute) })
	t.Run("100 simulated boards in a class", func(t *testing.T) { (&lesson{boards: 100, each: min(each, 20*time.Second)}).swarm(t) })
	t.Run("hub killed", func(t *testing.T) { large(3*time.Second).killed(t, 10*time.Minute, 10) })
}

// whole runs a class, and compares each spike.
func (l *lesson) whole(t *testing.T, patience time.Duration) {
	l.begin(t, patience)
	here, there := watch(l.ctx, t, l.wall), watch(l.ctx, t, l.page)
	l.sit(t)
	l.until(t, "the steps of all boards", func(b *fromBoard) bool { return len(b.batches) > 0 && b.last().To >= int64(l.each/dt) })
	l.leave(t)
	spread := 0.0
	for _, s := range l.seats {
		got := l.got.boards[s.name]
		if before, gaps := got.missing(); len(gaps) > 0 || before.count() != batch*s.end.Net.Unsent {
			t.Errorf("%s: got the gaps %v, and %d steps before the first batch; want none, and the steps of %d batches without a connection", s.name, gaps, before.count(), s.end.Net.Unsent)
		}
		s.arrived(t, got)
		spread = max(spread, here.shows(l.ctx, t, s.name, got), there.shows(l.ctx, t, s.name, got))
	}
	if here, there := here.refused(), there.refused(); here != (refused{}) || there != here {
		t.Errorf("got %+v and %+v, want nothing refused", here, there)
	}
	t.Logf("each spike on both walls, at most %.0f ms from its place", spread)
	l.end(t)
	l.report(t)
}

// killed runs a class, and kills its hub again and again.
func (l *lesson) killed(t *testing.T, patience time.Duration, kills int) {
	l.begin(t, patience)
	here := watch(l.ctx, t, l.wall)
	l.sit(t)
	enough := int(l.each/dt) / int(batch)
	l.until(t, "batches of all boards", func(b *fromBoard) bool { return len(b.batches) >= enough })
	for k := range kills {
		l.kill()
		before := map[*fromBoard]int{}
		for _, s := range l.seats {
			l.got.of(s.name, func(b *fromBoard) bool { before[b] = len(b.batches); return true })
		}
		l.away(k)
		l.start(t)
		l.until(t, "batches of all boards after a kill", func(b *fromBoard) bool { return len(b.batches) >= before[b]+enough })
	}
	there := watch(l.ctx, t, l.page)
	if !wait(l.ctx, there.news, func() bool {
		return !slices.ContainsFunc(l.seats, func(s *seat) bool {
			c := there.of(s.name).tally().Spikes
			return len(c) == 0 || slices.Min(c) == 0
		})
	}) {
		t.Error("got no spikes of a board from the last hub's wall")
	}
	l.leave(t)
	var all []float64 // lengths in ms
	for _, s := range l.seats {
		got := l.got.boards[s.name]
		_, gaps := got.missing()
		if all = append(all, got.tally().Lengths...); len(gaps) < kills {
			t.Errorf("%s: got the gaps %v, want one of each of %d kills", s.name, gaps, kills)
		}
		s.arrived(t, got)
		s.named(t, kills)
		here.shows(l.ctx, t, s.name, got)
	}
	if slices.Sort(all); len(all) > 0 {
		t.Logf("%d gaps of %d boards in %d kills: %.0f to %.0f ms, median %.0f ms", len(all), l.boards, kills, all[0], all[len(all)-1], all[len(all)/2])
	}
	l.end(t)
	l.report(t)
}

// alone runs the boards without a class, for their lateness.
func (l *lesson) alone(t *testing.T) {
	l.ctx, l.folder = t.Context(), t.TempDir()
	l.sit(t, "--duration", l.each.String())
	for _, s := range l.seats {
		s.ends(t)
	}
	l.report(t)
}

// swarm runs simulated boards, and compares what they sent with what the walls show.
func (l *lesson) swarm(t *testing.T) {
	l.begin(t, l.each+time.Minute)
	here, there := watch(l.ctx, t, l.wall), watch(l.ctx, t, l.page)
	text, err := program(t, "swarm", "--class=9b", "--broker=mqtt://"+l.broker, "--boards="+strconv.Itoa(l.boards), "--duration="+l.each.String(), "--json=-").Output()
	var sent swarm.Result
	if err = errors.Join(err, json.Unmarshal(text, &sent)); err != nil {
		t.Fatal(err)
	}
	wait(l.ctx, l.got.news, func() bool { return l.got.spikes() >= sent.Spikes })
	if got := l.got.spikes(); got != sent.Spikes || sent.Spikes == 0 || len(l.got.boards) != l.boards {
		t.Errorf("got %d spikes of %d boards, want %d of %d", got, len(l.got.boards), sent.Spikes, l.boards)
	}
	spread := 0.0
	for name, got := range l.got.boards {
		if before, gaps := got.missing(); before.count() > 0 || len(gaps) > 0 {
			t.Errorf("%s: got %d steps before the first batch and the gaps %v, want none", name, before.count(), gaps)
		}
		spread = max(spread, here.shows(l.ctx, t, name, got), there.shows(l.ctx, t, name, got))
	}
	l.end(t)
	t.Logf("%d spikes of %d simulated boards in %d batches, each on both walls, at most %.0f ms from its place", sent.Spikes, l.boards, sent.Sent, spread)
	t.Logf("the hub took %.1f %% of a core; 1 batch in 100 of the swarm was more than %.1f ms late", 100*l.cost.Seconds()/sent.TookS, sent.Lateness.P99/1e3)
}

// begin starts the hub and the wall of this process.
func (l *lesson) begin(t *testing.T, patience time.Duration) {
	t.Helper()
	var cancel context.CancelFunc
	l.ctx, cancel = context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	l.folder, l.got = t.TempDir(), &received{news: make(chan struct{}, 1), boards: map[string]*fromBoard{}}
	l.start(t)
	s := wall.Show{Addr: "127.0.0.1:0"}
	s.Class, s.Clients, s.PerAddress = "9b", 10, 10
	if err := s.Join(&config.Config{Net: config.Net{Broker: "mqtt://" + l.broker, Class: s.Class}}, &class.Options{}); err != nil {
		t.Fatal(err)
	}
	w, err := wall.New(s.Options)
	if err != nil {
		t.Fatal(err)
	}
	at, err := net.Listen("tcp", s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	l.wall = "http://" + at.Addr().String()
	ctx, stop := context.WithCancel(context.Background())
	connected := make(chan struct{})
	first := sync.OnceFunc(func() { close(connected) })
	var ended sync.WaitGroup
	ended.Go(func() {
		wall.Watch(ctx, "9b", s.Source, func(topic string, payload []byte) { w.Take(topic, payload); l.got.take(topic, payload) }, func(state string) {
			if state == "connected" {
				first()
			}
		})
	})
	ended.Go(func() {
		if err := w.Serve(ctx, at); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		stop()
		ended.Wait()
	})
	select {
	case <-connected:
	case <-l.ctx.Done():
		t.Fatal("no connection to the hub")
	}
}

var addresses = regexp.MustCompile(`(?s)open (http://\S+)\n.*--broker mqtt://(\S+)\n`)

// start starts the hub, again at the same addresses, and waits until it says them.
func (l *lesson) start(t *testing.T) {
	t.Helper()
	for {
		listen, page := "127.0.0.1:0", "127.0.0.1:0"
		if l.broker != "" {
			listen, page = l.broker, strings.TrimPrefix(l.page, "http://")
		}
		l.hub = program(t, "hub", "--class=9b", "--listen="+listen, "--web="+page)
		l.hub.Env = append(l.hub.Env, "STATE_DIRECTORY="+l.folder)
		out, err := l.hub.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := l.hub.Start(); err != nil {
			t.Fatal(err)
		}
		said, lines := "", bufio.NewReader(out)
		for addresses.FindString(said) == "" && err == nil {
			var line string
			line, err = lines.ReadString('\n')
			said += line
		}
		if found := addresses.FindStringSubmatch(said); found != nil {
			l.page, l.broker = found[1], found[2]
			go io.Copy(io.Discard, lines)
			return
		}
		l.hub.Wait()
		if l.broker == "" || l.ctx.Err() != nil { // another connection can hold its port for a moment
			t.Fatalf("no hub: %v, %s", err, said)
		}
	}
}

// kill kills the hub.
func (l *lesson) kill() {
	_ = l.hub.Process.Kill() // it may have ended
	_ = l.hub.Wait()
	l.cost += l.hub.ProcessState.UserTime() + l.hub.ProcessState.SystemTime()
}

// away waits while the hub is away after a kill: 0 to 1.5 s.
func (l *lesson) away(kill int) {
	select {
	case <-time.After(time.Duration(kill%4) * 500 * time.Millisecond):
	case <-l.ctx.Done():
	}
}

// text returns the file of a board. Without its class and its synapse from another board it is alone.
func (l *lesson) text(k int, alone bool) string {
	text := fmt.Sprintf("[loop]\nspeed = 1\ndt = \"0.1 ms\"\n%s"+`
[input.knob]
driver = "mcp3008"
current = ["0 nA", "%g nA"]
[input.drive]
driver = "wave"
shape = "constant"
mean = "%g nA"
[neuron.n1]
input = "knob"
[neuron.n2]
input = "drive"
[neuron.n3]
input = "drive"
[output.led]
driver = "pulse"
pin = "GPIO17"
neuron = "n1"
`, l.loop, 5.9+0.01*float64(k), 2.3+0.005*float64(k))
	if alone {
		return text
	}
	return text + fmt.Sprintf(`
[synapse.before]
from = "b%02d/n1"
to = "n3"
kind = "exp"
tau = "5 ms"
weight = "0.1 nA"
[net]
class = "9b"
broker = "mqtt://%s"
board = "b%02d"
`, (k+l.boards-1)%l.boards, l.broker, k)
}

// sit starts all boards.
func (l *lesson) sit(t *testing.T, args ...string) {
	t.Helper()
	for k := range l.boards {
		s := &seat{name: fmt.Sprintf("b%02d", k)}
		s.file = filepath.Join(l.folder, s.name)
		write(t, s.file+".alone.toml", l.text(k, true))
		file := s.file + ".alone.toml"
		if l.broker != "" {
			file = s.file + ".toml"
			write(t, file, l.text(k, false))
		}
		s.run = program(t, append([]string{"run", file, "--hw=sim", "--plain", "--record=" + s.file + ".csv", "--summary=" + s.file + ".json"}, args...)...)
		s.run.Stderr = &s.log
		if err := s.run.Start(); err != nil {
			t.Fatal(err)
		}
		l.seats = append(l.seats, s)
	}
}

// until waits until a condition holds for each board.
func (l *lesson) until(t *testing.T, what string, ok func(*fromBoard) bool) {
	t.Helper()
	if !wait(l.ctx, l.got.news, func() bool {
		return !slices.ContainsFunc(l.seats, func(s *seat) bool { return !l.got.of(s.name, ok) })
	}) {
		t.Fatalf("waiting for %s: %v", what, l.ctx.Err())
	}
}

// leave ends all boards. It returns when the wall of this process has all that they sent.
func (l *lesson) leave(t *testing.T) {
	t.Helper()
	for _, s := range l.seats {
		s.run.Process.Signal(os.Interrupt)
	}
	for _, s := range l.seats {
		s.ends(t)
	}
	l.until(t, "the end of all boards", func(b *fromBoard) bool { return !b.online })
}

// end ends the hub.
func (l *lesson) end(t *testing.T) {
	t.Helper()
	l.hub.Process.Signal(os.Interrupt)
	if err := l.hub.Wait(); err != nil {
		t.Errorf("hub: %v", err)
	}
	l.cost += l.hub.ProcessState.UserTime() + l.hub.ProcessState.SystemTime()
}

// report logs the figures of a lesson.
func (l *lesson) report(t *testing.T) {
	t.Helper()
	var p99 []float64
	var own time.Duration
	var took, most float64
	var ticks, late, batches, unsent int64
	for _, s := range l.seats {
		p99, most, took = append(p99, s.end.Late.P99), max(most, s.end.Late.Max), max(took, s.end.RealTimeS)
		ticks, late = ticks+s.end.Ticks, late+s.end.LateTicks
		own += s.run.ProcessState.UserTime() + s.run.ProcessState.SystemTime()
		if n := s.end.Net; n != nil {
			batches, unsent = batches+n.Sent, unsent+n.Unsent
		}
	}
	slices.Sort(p99)
	t.Logf("%d boards for %.1f s: lateness p99 %.1f us (median of the boards; %.1f to %.1f), the latest %.1f ms; %d of %d ticks late", l.boards, took, p99[len(p99)/2], p99[0], p99[len(p99)-1], most/1e3, late, ticks)
	t.Logf("processor: %.1f %% of a core for all boards, %.1f %% for the hub; %d batches sent, %d unsent", 100*own.Seconds()/took, 100*l.cost.Seconds()/took, batches, unsent)
}
