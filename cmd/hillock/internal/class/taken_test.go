package class

import (
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"hillock/cmd/hillock/internal/broker/brokertest"
	"hillock/neuron"
)

// What a board finds under its own name, and what it does.
func TestBoardLooksWhetherItsNameIsTaken(t *testing.T) {
	hello := func(run string) []byte {
		h := exampleHello
		h.Run = run
		return encoded(h)
	}
	spikes := func(run string) []byte {
		return encoded(Spikes{Run: run, From: 1, To: 500, DT: 0.1, AtNs: 5e7, Spikes: map[string][]int64{}})
	}
	type message struct {
		kind Kind
		text []byte
		live bool
	}
	const ours, other = "OURS", "other"
	for _, tt := range []struct {
		name  string
		found []message // before the answer to the ping
		then  []message
		want  error
		after time.Duration
	}{
		{"nothing", nil, nil, nil, 0},
		{"a board of yesterday", []message{{KindState, []byte(Offline), false}, {KindHello, hello(other), false}}, nil, nil, 0},
		{"our own connection of before", []message{{KindState, []byte(Online), false}, {KindHello, hello(ours), false}}, nil, nil, 0},
		{"a board without power", []message{{KindState, []byte(Online), false}, {KindHello, hello(other), false}}, nil, nil, quiet},
		{"a killed board", []message{{KindState, []byte(Online), false}, {KindHello, hello(other), false}}, []message{{KindState, []byte(Offline), true}}, nil, 0},
		{"another board", []message{{KindState, []byte(Online), false}, {KindHello, hello(other), false}}, []message{{KindSpikes, spikes(other), true}}, errTaken, 0},
		{"another board, before the ping", []message{{KindSpikes, spikes(other), true}}, nil, errTaken, 0},
		{"a late batch of ours", []message{{KindState, []byte(Online), false}}, []message{{KindSpikes, spikes(ours), true}}, nil, quiet},
		{"nonsense", []message{{KindState, []byte(Online), false}}, []message{{KindSpikes, []byte("{}"), true}, {KindHello, []byte("[]"), true}}, nil, quiet},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, broker := net.Pipe()
				defer client.Close()
				b := &Board{Opener: &Opener{net: parsed(t, "mara", "").Net}, name: "mara", run: strings.ToLower(ours)}
				go func() {
					defer io.Copy(io.Discard, broker)
					send := func(all []message) {
						for _, m := range all {
							p := packets.NewControlPacket(packets.Publish).(*packets.PublishPacket)
							p.TopicName, p.Payload, p.Retain = b.topic(m.kind, "").String(), []byte(strings.ReplaceAll(string(m.text), ours, b.run)), !m.live
							p.Write(broker) // an error after the decision is the closed pipe
						}
					}
					for range 2 { // SUBSCRIBE and PINGREQ
						if _, err := packets.ReadPacket(broker); err != nil {
							t.Error(err)
						}
					}
					send(tt.found)
					packets.NewControlPacket(packets.Pingresp).Write(broker)
					send(tt.then)
				}()
				began := time.Now()
				got := b.look(client)
				if after := time.Since(began); got != tt.want || after != tt.after {
					t.Errorf("got %v after %s, want %v after %s", got, after, tt.want, tt.after)
				}
			})
		})
	}
}

// Two programs with one name: the second is refused, on each broker alike, and takes the name after the end of the first. A board that
// lost its connection to another one stays away.
func TestNameHasOneBoard(t *testing.T) {
	brokertest.Each(t, func(t *testing.T, s *brokertest.Site) {
		const refused = "refused: another program has the name of this board: end one of them, or choose another name with --board"
		user, password := s.Login("mara")
		at := func(node string) (*plug, *driver, *lines) {
			p, log := &plug{node: node}, &lines{}
			b := join(t, parsed(t, "mara", ""), Options{Dial: p.dial, User: user, Password: password, Logger: log.logger()})
			return p, drive(b, &neuron.Cell{Name: "n1", Count: 1}), log
		}
		var boards []*driver
		// wait runs the loops of the boards in real time until a condition holds.
		wait := func(what string, ok func() bool) {
			t.Helper()
			until(t, what, func() bool {
				for _, d := range boards {
					for d.t.Deadline <= d.o.Clock.Now() {
						d.tick()
					}
				}
				return ok()
			})
		}
		first, last := s.Nodes[0], s.Nodes[len(s.Nodes)-1]
		cable, a, logA := at(first)
		boards = append(boards, a)
		wait("the first board's batches", func() bool { return a.Status().Sent > 2 })
		_, b, logB := at(last)
		boards = append(boards, b)
		wait("the refusal of the second board", func() bool { return b.Status().State == refused })
		sent := a.Status().Sent
		wait("further batches of the first board", func() bool { return a.Status().Sent > sent+2 })
		if got := strings.Count(logA.String(), "\n"); got != 1 {
			t.Errorf("got %d lines, want the connection alone:\n%s", got, logA)
		}
		cable.pull() // as kill -9 does
		wait("the second board's batches", func() bool { return b.Status().Sent > 2 })
		cable.push()
		wait("the refusal of the first board", func() bool { return a.Status().State == refused })
		sent = b.Status().Sent
		wait("further batches of the second board", func() bool { return b.Status().Sent > sent+2 })
		if got := strings.Count(logB.String(), "\n"); got != 2 {
			t.Errorf("got %d lines, want the refusal and the connection:\n%s", got, logB)
		}
	})
}
