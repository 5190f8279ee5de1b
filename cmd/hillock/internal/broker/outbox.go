package broker

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mochi-mqtt/server/v2/packets"
)

// outbox holds the packets to one client. Its put never waits: mochi holds a lock of the client during a write.
type outbox struct {
	to        net.Conn
	writeTime time.Duration
	factor    int           // of the limits
	all       *atomic.Int64 // bytes in all outboxes
	sent      *atomic.Int64 // bytes

	mu       sync.Mutex
	room     sync.Cond // signalled after each piece and at the end
	waiting  []byte
	messages int // packets not yet sent, those of the running write included
	bytes    int
	writing  bool
	ended    bool // no more packets; the write of the last ones may still run
	cut      bool
	stuck    bool // a write took too long
}

// pieceBytes is the part of an outbox with one deadline.
const pieceBytes = 64 << 10

// newOutbox returns an outbox with some times the usual limits.
func newOutbox(to net.Conn, b *Broker, factor int) *outbox {
	o := &outbox{to: to, writeTime: b.limits.writeTime, factor: factor, all: &b.waiting, sent: &b.bytesOut}
	o.room.L = &o.mu
	return o
}

// fate of a packet.
type fate int

const (
	queued fate = iota
	droppedFate
	stuckFate // the client must be cut
	endedFate
)

// put queues one packet. Spikes, rates and questions are dropped beyond the limits; of the others a client may have urgentFactor
// times more.
func (o *outbox) put(packet []byte) fate {
	o.mu.Lock()
	defer o.mu.Unlock()
	most, size := o.factor*pendingMessages, o.factor*pendingBytes
	switch urgent := urgent(packet); {
	case o.ended:
		return endedFate
	case !urgent && (o.messages >= most || o.bytes+len(packet) > size || o.bytes > crowdedShare && o.all.Load() > crowdedBytes):
		return droppedFate
	case urgent && (o.messages >= urgentFactor*most || o.bytes+len(packet) > urgentFactor*size):
		return stuckFate
	}
	o.waiting = append(o.waiting, packet...)
	o.count(1, len(packet))
	if !o.writing {
		o.writing = true
		go o.write()
	}
	return queued
}

// urgent reports whether a packet must not be dropped: an acknowledgement, a state or a greeting.
func urgent(packet []byte) bool {
	if len(packet) == 0 || packet[0]>>4 != packets.Publish {
		return true
	}
	_, n := binary.Uvarint(packet[1:]) // the remaining length of MQTT has the same form
	if n <= 0 || len(packet) < n+3 {
		return true
	}
	topic := packet[n+3:]
	topic = topic[:min(len(topic), int(binary.BigEndian.Uint16(packet[n+1:])))]
	return bytes.HasSuffix(topic, []byte("/state")) || bytes.HasSuffix(topic, []byte("/hello"))
}

func (o *outbox) count(messages, bytes int) {
	o.messages += messages
	o.bytes += bytes
	o.all.Add(int64(bytes))
}

// write writes until the outbox is empty. It closes the connection after the last packet, or at an error.
func (o *outbox) write() {
	for {
		o.mu.Lock()
		if len(o.waiting) == 0 || o.cut {
			o.count(-o.messages, -o.bytes)
			o.writing, o.waiting = false, nil
			ended := o.ended
			o.room.Broadcast()
			o.mu.Unlock()
			if ended {
				o.to.Close()
			}
			return
		}
		batch, messages := o.waiting, o.messages
		o.waiting = nil
		o.mu.Unlock()
		for len(batch) > 0 {
			piece := batch[:min(len(batch), pieceBytes)]
			batch = batch[len(piece):]
			o.mu.Lock()
			writeTime := o.writeTime
			o.mu.Unlock()
			err := o.to.SetWriteDeadline(time.Now().Add(writeTime))
			if err == nil {
				_, err = o.to.Write(piece)
			}
			o.mu.Lock()
			if err != nil {
				o.stuck = o.stuck || !o.ended && errors.Is(err, os.ErrDeadlineExceeded)
				o.ended, o.cut = true, true
				batch = nil
			} else {
				o.sent.Add(int64(len(piece)))
				o.count(0, -len(piece))
			}
			o.mu.Unlock()
		}
		o.mu.Lock()
		o.count(-min(messages, o.messages), 0)
		o.room.Broadcast()
		o.mu.Unlock()
	}
}

// wait waits until at most some messages are left, or until the end. It returns false at the end.
func (o *outbox) wait(messages, bytes int) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	for !o.ended && (o.messages > messages || o.bytes > bytes) {
		o.room.Wait()
	}
	return !o.ended
}

// wasStuck reports whether the client read too slowly for a write.
func (o *outbox) wasStuck() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.stuck
}

// end closes the connection: after the waiting packets, but soon; with cut at once.
func (o *outbox) end(cut bool) {
	o.mu.Lock()
	o.ended = true
	o.cut = o.cut || cut
	o.writeTime = min(o.writeTime, time.Second)
	writing := o.writing
	o.room.Broadcast()
	o.mu.Unlock()
	if cut || !writing {
		o.to.Close()
	}
}
