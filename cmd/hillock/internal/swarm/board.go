package swarm

import (
	"context"
	"math"
	"math/rand/v2"
	"strconv"
	"sync/atomic"
	"time"

	"hillock/cmd/hillock/internal/class"
)

// board is a simulated board: regular neurons without a loop.
type board struct {
	swarm   *swarm
	name    string
	topics  map[class.Kind]string
	link    *link
	phase   time.Duration // of its batches, below the length of a batch
	offsets []float64     // step of the first spike of each neuron, from 0

	made, sent, unsent int64 // batches
	last               int64 // last sent step
	spikes             int64 // made
	connected          atomic.Int64
	window             chan struct{} // a place for each batch under way; nil without a window
}

// newBoard returns a board without a connection.
func newBoard(s *swarm, name string, random *rand.Rand) *board {
	b := &board{swarm: s, name: name, topics: map[class.Kind]string{}, phase: time.Duration(random.Float64() * float64(s.Batch))}
	for _, kind := range []class.Kind{class.KindState, class.KindHello, class.KindRates, class.KindSpikes} {
		b.topics[kind] = class.Topic{Class: s.Class, Board: name, Kind: kind}.String()
	}
	for range s.Neurons {
		b.offsets = append(b.offsets, random.Float64()*b.interval())
	}
	if s.window > 0 {
		b.window = make(chan struct{}, s.window)
	}
	return b
}

// interval returns the interspike interval in steps; +Inf at the rate 0.
func (b *board) interval() float64 { return 1e3 / (b.swarm.Rate * stepMs) }

// send sends the board's batches, each at its time after start, until ctx ends.
func (b *board) send(ctx context.Context, start time.Duration) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	perSecond := max(1, int64(time.Second/b.swarm.Batch))
	free := start // end of the batch before
	for k := range b.swarm.batches() {
		due := max(free, start+b.phase+time.Duration(k+1)*b.swarm.Batch)
		if !b.wait(ctx, timer, due) {
			return
		}
		woken := b.swarm.clock()
		if b.window == nil {
			b.swarm.record(b.swarm.late, woken-due)
		}
		b.batch(k, woken)
		if k%perSecond == 0 {
			b.rates(k)
		}
		free = b.swarm.clock()
		b.swarm.record(b.swarm.publish, free-woken)
	}
}

// wait waits until a time on the swarm's clock, or for a place in the window. It reports whether ctx goes on.
func (b *board) wait(ctx context.Context, timer *time.Timer, due time.Duration) bool {
	if b.window != nil {
		select {
		case b.window <- struct{}{}:
			return true
		case <-ctx.Done():
			return false
		}
	}
	timer.Reset(due - b.swarm.clock())
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// batch sends batch k. Without a connection it counts as unsent.
func (b *board) batch(k int64, at time.Duration) {
	steps := b.swarm.steps()
	m := class.Spikes{Run: b.swarm.run, From: k*steps + 1, To: (k + 1) * steps, DT: stepMs, AtNs: int64(at), Spikes: map[string][]int64{}}
	for i := range b.offsets {
		if all := b.between(i, m.From, m.To); len(all) > 0 {
			m.Spikes["n"+strconv.Itoa(i+1)] = all
			b.spikes += int64(len(all))
		}
	}
	b.made++
	if b.publish(class.KindSpikes, 0, false, encoded(m)) {
		b.sent, b.last = b.sent+1, m.To
		return
	}
	b.unsent++
	b.release(1)
}

// between returns the spikes of a neuron in the steps from..to.
func (b *board) between(neuron int, from, to int64) (steps []int64) {
	if b.swarm.Rate == 0 {
		return nil
	}
	every := b.interval()
	first := math.Ceil((float64(from-1) - b.offsets[neuron]) / every)
	for n := max(0, first); ; n++ {
		step := int64(b.offsets[neuron]+n*every) + 1
		switch {
		case step > to:
			return steps
		case step >= from && (len(steps) == 0 || step > steps[len(steps)-1]):
			steps = append(steps, step)
		}
	}
}

// release frees places in the window.
func (b *board) release(batches int64) {
	for range batches {
		select {
		case <-b.window:
		default:
		}
	}
}

// greet counts a connection, and sends the state and the hello of the board.
func (b *board) greet() error {
	b.connected.Add(1)
	hello := class.Hello{Version: "swarm", Run: b.swarm.run, Where: "hillock swarm", DT: stepMs, Tick: 1, Speed: 1, Neurons: []class.HelloNeuron{}, Synapses: []class.HelloSynapse{}, Started: time.Now().UTC().Truncate(time.Second)}
	for i := range b.offsets {
		hello.Neurons = append(hello.Neurons, class.HelloNeuron{Name: "n" + strconv.Itoa(i+1), Count: 1, Model: "lif"})
	}
	b.publish(class.KindState, 1, true, []byte(class.Online))
	b.publish(class.KindHello, 1, true, encoded(hello))
	return nil
}

// rates sends the figures after batch k.
func (b *board) rates(k int64) {
	m := class.Rates{Run: b.swarm.run, Step: (k + 1) * b.swarm.steps(), Sent: b.sent, Unsent: b.unsent, Neurons: []class.NeuronRate{}}
	for i := range b.offsets {
		m.Neurons = append(m.Neurons, class.NeuronRate{Name: "n" + strconv.Itoa(i+1), RateHz: b.swarm.Rate, Spikes: b.spikes / int64(len(b.offsets))})
	}
	b.publish(class.KindRates, 0, true, encoded(m))
}

// publish hands a message to the connection. It blocks while the broker does not read, and reports whether there is a connection.
func (b *board) publish(kind class.Kind, qos byte, retained bool, payload []byte) bool {
	if !b.link.IsConnectionOpen() {
		return false
	}
	token := b.link.Publish(b.topics[kind], qos, retained, payload)
	return token.Error() == nil
}

// encoded returns a message in JSON. The swarm makes valid messages only.
func encoded[M class.Message](m M) []byte {
	text, err := class.Encode(m)
	if err != nil {
		panic(err)
	}
	return text
}
