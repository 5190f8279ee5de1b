package broker

import (
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mochi-mqtt/server/v2/packets"
)

func TestLateSubscriberGetsRetainedMessages(t *testing.T) {
	w := open(t, nil)
	mara := w.join(t, "9b:mara")
	mara.publish("hillock/1/9b/mara/state", "online", true, 1)
	if pk := mara.next(); pk.FixedHeader.Type != packets.Puback || pk.PacketID != 0 && pk.PacketID != 7 {
		t.Errorf("got packet type %d, want PUBACK", pk.FixedHeader.Type)
	}
	mara.publish("hillock/1/9b/mara/hello", "{}", true, 0)
	mara.publish("hillock/1/9b/mara/spikes", "[]", true, 0) // not retained: spikes are events
	mara.ping()
	late := w.join(t, "wall-1")
	if got := late.subscribe("hillock/1/9b/#", "hillock/1/9b/+/state"); !cmp.Equal(got, []byte{0, 0}) {
		t.Errorf("SUBACK: got %v, want QoS 0 for both", got)
	}
	got := []string{late.message(), late.message(), late.message()}
	want := []string{"hillock/1/9b/mara/hello {} retained", "hillock/1/9b/mara/state online retained", "hillock/1/9b/mara/state online retained"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	mara.publish("hillock/1/9b/mara/spikes", "[1]", false, 0)
	if got, want := late.message(), "hillock/1/9b/mara/spikes [1]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	mara.publish("hillock/1/9b/mara/hello", "", true, 0) // removes it
	mara.ping()
	late.message()
	third := w.join(t, "wall-2")
	third.subscribe("hillock/1/9b/#")
	if got, want := third.message(), "hillock/1/9b/mara/state online retained"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if s := w.Stats(); s.Clients != 3 || s.Retained != 1 || s.RetainedBytes != len("hillock/1/9b/mara/state")+len("online") || s.Refused[NotRetained] != 1 {
		t.Errorf("got %+v, want 3 clients, 1 message of 29 bytes, 1 not retained", s)
	}
}

// maraParams is the CONNECT of a board with its will.
func maraParams(id string) packets.ConnectParams {
	return packets.ConnectParams{ClientIdentifier: id, Username: []byte("9b"), Password: []byte(testCode),
		WillTopic: "hillock/1/9b/mara/state", WillPayload: []byte("offline"), WillRetain: true, WillQos: 1}
}

func TestCutConnectionSendsTheWill(t *testing.T) {
	w := open(t, nil)
	wall := w.join(t, "wall-1")
	wall.subscribe("hillock/1/9b/+/state")
	wall.ping()
	mara := w.dial(t, "127.0.0.2")
	mara.mustConnect(maraParams("9b:mara"))
	mara.Conn.(*net.TCPConn).SetLinger(0)
	mara.Close()
	if got, want := wall.message(), "hillock/1/9b/mara/state offline"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	late := w.join(t, "wall-2")
	late.subscribe("hillock/1/9b/+/state")
	if got, want := late.message(), "hillock/1/9b/mara/state offline retained"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A board behind a dead connection comes back from the same address. Its old will must not follow its new state.
func TestNewConnectionOfABoardReplacesTheOld(t *testing.T) {
	w := open(t, nil)
	wall := w.join(t, "wall-1")
	wall.subscribe("hillock/1/9b/+/state")
	wall.ping()
	old := w.dial(t, "127.0.0.2")
	old.mustConnect(maraParams("9b:mara"))
	thief := w.dial(t, "127.0.0.3")
	if code := thief.connect(maraParams("9b:mara")); code != badID {
		t.Errorf("another address: got code %d, want %d", code, badID)
	}
	thief.ended()
	for range 20 {
		next := w.dial(t, "127.0.0.2")
		next.mustConnect(maraParams("9b:mara"))
		old.ended()
		next.publish("hillock/1/9b/mara/state", "online", true, 0)
		if got, want := wall.message(), "hillock/1/9b/mara/state online"; got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
		old = next
	}
	if s := w.Stats(); s.Clients != 2 || s.Refused[NameInUse] != 1 {
		t.Errorf("got %+v, want 2 clients and one refused name", s)
	}
}

// A board on the hub's computer may use any address of it. The log names a board that is refused.
func TestAddressOfThisMachineNeedsNoCode(t *testing.T) {
	w := open(t, func(o *Options) { o.Listen = "127.0.0.2:0" })
	w.dial(t, "127.0.0.2").mustConnect(packets.ConnectParams{ClientIdentifier: "9b:mara"})
	for _, id := range []string{"9b:tom", "9b:tom:KXTNGYRH"} {
		other := w.dial(t, "127.0.0.3")
		if code := other.connect(packets.ConnectParams{ClientIdentifier: id}); code != notAuthorized {
			t.Errorf("another machine: got code %d, want %d", code, notAuthorized)
		}
		other.ended()
		if got, want := w.log.String(), `msg="broker: refused" reason="no join code" from=`+other.LocalAddr().String()+" board=tom\n"; !strings.Contains(got, want) {
			t.Errorf("%s: got\n%swant %s", id, got, want)
		}
	}
}

func TestConnectionInsideTheProcess(t *testing.T) {
	w := open(t, nil)
	c, err := w.Dial()
	if err != nil {
		t.Fatal(err)
	}
	mara := newClient(t, c)
	mara.mustConnect(packets.ConnectParams{ClientIdentifier: "9b:mara"})
	mara.subscribe("hillock/1/9b/+/ask/mara")
	mara.ping()
	tom := w.join(t, "9b:tom")
	tom.publish("hillock/1/9b/tom/ask/mara", "{}", false, 0)
	if got, want := mara.message(), "hillock/1/9b/tom/ask/mara {}"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A reader inside the process, such as the wall of a hub, may pause as long as one with a socket: 1000 batches are half a second of 100
// boards.
func TestReaderInsideTheProcessMayPause(t *testing.T) {
	w := open(t, nil)
	c, err := w.Dial()
	if err != nil {
		t.Fatal(err)
	}
	wall := newClient(t, c)
	wall.mustConnect(packets.ConnectParams{ClientIdentifier: "wall-1"})
	wall.subscribe("hillock/1/9b/#")
	wall.ping()
	mara := w.join(t, "9b:mara")
	const batches = 1000
	var want []string
	for n := range batches {
		text := fmt.Sprint(n, strings.Repeat(".", 270))
		mara.publish("hillock/1/9b/mara/spikes", text, false, 0)
		want = append(want, "hillock/1/9b/mara/spikes "+text)
		if n%100 != 99 {
			continue
		}
		for began, s := time.Now(), w.Stats(); s.MessagesOut+s.Dropped <= int64(n) && time.Since(began) < patience; s = w.Stats() {
			time.Sleep(time.Millisecond) // until the broker has taken them
		}
	}
	if s := w.Stats(); s.Dropped != 0 {
		t.Fatalf("got %d of %d messages dropped, want none", s.Dropped, batches)
	}
	for _, want := range want {
		if got := wall.message(); got != want {
			t.Fatalf("got %.40q, want %.40q", got, want)
		}
	}
}

func TestOpenErrors(t *testing.T) {
	taken := open(t, nil).Addr()
	_, port, _ := net.SplitHostPort(taken)
	for name, test := range map[string]struct {
		o    Options
		want string
	}{
		"beyond loopback": {Options{Listen: "0.0.0.0:0", Class: "9b"},
			"net.listen: 0.0.0.0:0 is open to the network, and needs a join code: use 'hillock hub', or listen on 127.0.0.1:1883"},
		"all addresses": {Options{Listen: ":1883", Class: "9b"},
			"net.listen: :1883 is open to the network, and needs a join code: use 'hillock hub', or listen on 127.0.0.1:1883"},
		"beyond loopback, web": {Options{Listen: "127.0.0.1:0", WebSocket: "192.168.1.2:0", Class: "9b"},
			"net.listen: 192.168.1.2:0 is open to the network, and needs a join code: use 'hillock hub', or listen on 127.0.0.1:1883"},
		"no port":   {Options{Listen: "localhost", Class: "9b"}, `net.listen: must be an address such as "127.0.0.1:1883" or ":1883", got "localhost"`},
		"class":     {Options{Class: "9 b"}, `net.class: must be 1 to 32 letters, digits, _ and -, got "9 b"`},
		"weak code": {Options{Class: "9b", Code: "abc"}, "join code: must have 8 characters as K7QM-2RPD, without 0, 1, I and O"},
		"no own address": {Options{Listen: "192.0.2.7:1883", Class: "9b", Code: testCode},
			"net.listen: this computer has no address 192.0.2.7: listen on all of its addresses with :1883: listen tcp 192.0.2.7:1883: bind: cannot assign requested address"},
		"port in use": {Options{Listen: taken, Class: "9b"}, "net.listen: port " + port + " is in use by "},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := Open(test.o)
			if err == nil {
				b.Close()
				t.Fatal("got a broker, want an error")
			}
			got := err.Error()
			if name == "port in use" { // the holder is this test, on Linux by name
				if name, err := os.ReadFile("/proc/self/comm"); err == nil { // of the emulator, if there is one
					got, _, _ = strings.Cut(got, strings.TrimSpace(string(name)))
				}
				got, _, _ = strings.Cut(got, "another program")
				if way := ": stop it, or choose another port: listen tcp " + taken; !strings.Contains(err.Error(), way) {
					t.Errorf("got %q, want %q in it", err, way)
				}
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
