package class

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"
	"github.com/google/go-cmp/cmp"

	"hillock/neuron"
)

// lines is a log without times.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *lines) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
}

func TestAbsentBrokerIsRetriedWithGrowingDelays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var at []time.Duration
		began := time.Now()
		dial := func(context.Context, string, string) (net.Conn, error) {
			at = append(at, time.Since(began))
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
		}
		var log lines
		b, err := Join(parsed(t, "mara", ""), Options{Clock: roomClock{zero: began}, Dial: dial, Logger: log.logger()})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		s := b.Status()
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		want := 500 * time.Millisecond
		for i := 1; i < len(at); i++ {
			if wait := at[i] - at[i-1]; wait < want*79/100 || wait > min(want*121/100, longest) {
				t.Errorf("wait %d: got %s, want about %s", i, wait, want)
			}
			want = min(2*want, longest)
		}
		if len(at) < 12 || len(at) > 20 {
			t.Errorf("got %d attempts in 5 minutes, want 12 to 20", len(at))
		}
		if s.State != "no connection: connection refused" || s.Retry <= 0 || s.Retry > longest || time.Since(s.Since) < 4*time.Minute {
			t.Errorf("got %+v", s)
		}
		const line = `level=WARN msg="class: no connection: connection refused" class=9b board=mara broker=mqtt://broker:1883` + "\n"
		if log.String() != line {
			t.Errorf("got log\n%swant\n%s", log.String(), line)
		}
	})
}

func TestWrongJoinCodeIsRefused(t *testing.T) {
	t.Parallel()
	broker := newBroker(t, "K7QM-2RPD")
	const wrong = "WRON-GONE"
	var log lines
	b := join(t, parsed(t, "mara", ""), Options{Dial: broker.dial, User: "9b", Password: wrong, Logger: log.logger()})
	until(t, "the refusal", func() bool { return b.Status().Retry > 0 })
	s := b.Status()
	if s.State != "refused: not authorised: check class and join code" || s.Retry < 20*time.Second {
		t.Errorf("got %+v", s)
	}
	if all := fmt.Sprintf("%+v", s) + log.String(); strings.Contains(all, wrong) {
		t.Errorf("got the code in %s", all)
	}
	good := join(t, parsed(t, "ida", ""), Options{Dial: broker.dial, User: "9b", Password: "K7QM-2RPD"})
	until(t, "the connection", func() bool { return good.Status().Connected() })
}

// A host that drops all packets, and a broker that never answers.
func TestCloseEndsAnAttempt(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		dial dialFunc
	}{
		{"no answer to the connection", func(ctx context.Context, _, _ string) (net.Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}},
		{"no answer to MQTT", func(context.Context, string, string) (net.Conn, error) {
			conn, other := net.Pipe()
			go io.Copy(io.Discard, other)
			return conn, nil
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // it fails when a goroutine stays
				b, err := Join(parsed(t, "mara", ""), Options{Clock: roomClock{zero: time.Now()}, Dial: tt.dial})
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(3 * time.Second)
				synctest.Wait()
				began := time.Now()
				if err := b.Close(); err != nil || time.Since(began) > closing {
					t.Errorf("got %v after %s, want no error within 2 s", err, time.Since(began))
				}
			})
			synctest.Test(t, func(t *testing.T) {
				b, err := Join(parsed(t, "mara", ""), Options{Clock: roomClock{zero: time.Now()}, Dial: tt.dial})
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(10*time.Second + 100*time.Millisecond)
				synctest.Wait()
				if s := b.Status(); s.State != "no connection: no answer" {
					t.Errorf("got %+v", s)
				}
				if err := b.Close(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// A connected broker that stops reading: the network buffers fill up.
func TestCloseEndsAStuckConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dial := func(context.Context, string, string) (net.Conn, error) {
			conn, broker := net.Pipe()
			go func() {
				for {
					p, err := packets.ReadPacket(broker)
					switch p := p.(type) {
					case *packets.ConnectPacket:
						err = packets.NewControlPacket(packets.Connack).Write(broker)
					case *packets.PingreqPacket: // of the look at the name
						err = packets.NewControlPacket(packets.Pingresp).Write(broker)
					case *packets.SubscribePacket:
						if len(p.Topics) > 1 {
							continue
						}
						ack := packets.NewControlPacket(packets.Suback).(*packets.SubackPacket)
						ack.MessageID, ack.ReturnCodes = p.MessageID, []byte{0}
						ack.Write(broker)
						return
					}
					if err != nil {
						return
					}
				}
			}()
			return conn, nil
		}
		cfg := parsed(t, "mara", "")
		b, err := Join(cfg, Options{Clock: roomClock{zero: time.Now()}, Dial: dial})
		if err != nil {
			t.Fatal(err)
		}
		b.Begin(cfg, nil, nil)
		time.Sleep(100 * time.Millisecond)
		began := time.Now()
		if err := b.Close(); err != nil || time.Since(began) > closing {
			t.Errorf("got %v after %s, want no error within 2 s", err, time.Since(began))
		}
	})
}

// The last batch, then "offline".
func TestCloseSaysOfflineAfterTheLastBatch(t *testing.T) {
	t.Parallel()
	broker := newBroker(t, "")
	var mu sync.Mutex
	var got []string
	broker.watch("9b", func(topic string, text []byte) {
		mu.Lock()
		defer mu.Unlock()
		last, _, _ := strings.Cut(strings.TrimPrefix(topic, "hillock/1/9b/mara/"), "/")
		switch Kind(last) {
		case KindState:
			last += " " + string(text)
		case KindSpikes:
			s, err := Decode[Spikes](text)
			last += fmt.Sprintf(" %d..%d %v %v", s.From, s.To, s.Spikes, err)
		}
		got = append(got, last)
	})
	b := join(t, parsed(t, "mara", ""), Options{Dial: broker.dial})
	d := drive(b, &neuron.Cell{Name: "n1", Count: 1})
	until(t, "the connection", func() bool { return b.Status().Connected() })
	for range 13 {
		d.tick(0)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	until(t, "the farewell", func() bool { mu.Lock(); defer mu.Unlock(); return len(got) >= 5 }) // the broker acknowledges it first
	mu.Lock()
	defer mu.Unlock()
	want := []string{"state online", "hello", "spikes 1..100 map[n1:[4 14 24 34 44 54 64 74 84 94]] <nil>", "spikes 101..130 map[n1:[104 114 124]] <nil>", "state offline"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestStateNamesTheCause(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want string
	}{
		{fmt.Errorf("x: %w", packets.ErrorRefusedNotAuthorised), "refused: not authorised: check class and join code"},
		{fmt.Errorf("x: %w", errNoCode), "refused: not authorised without a join code: add --code-file"},
		{packets.ErrorRefusedBadUsernameOrPassword, "refused: not authorised: check class and join code"},
		{packets.ErrorRefusedIDRejected, "refused: " + nameTaken},
		{packets.ErrorRefusedServerUnavailable, "refused: the broker is full, or refuses this computer for some minutes after wrong join codes"},
		{packets.ErrorRefusedBadProtocolVersion, "refused: the broker has no MQTT 3.1.1"},
		{&net.OpError{Err: &net.DNSError{Name: "hub.local", Err: "no such host"}}, "no connection: unknown host hub.local"},
		{&net.OpError{Err: os.NewSyscallError("connect", syscall.EHOSTUNREACH)}, "no connection: no route to host"},
		{reason("known"), "no connection: known"},
		{fmt.Errorf("%w : %w", packets.ErrorNetworkError, io.EOF), "no connection: the broker closed it"},
		{errTaken, "refused: another program has the name of this board: end one of them, or choose another name with --board"},
		{errors.Join(context.DeadlineExceeded, io.EOF), "no connection: no answer"},
		{errors.New("bad packet with hunter2"), "no connection: the broker speaks no MQTT"},
	} {
		if got, _ := stateOf(tt.err); got != tt.want {
			t.Errorf("%v: got %q, want %q", tt.err, got, tt.want)
		}
	}
}

func TestRefusalWithoutAJoinCodeSaysSo(t *testing.T) {
	refused := errors.Join(nil, packets.ErrorRefusedNotAuthorised)
	for password, want := range map[string]error{"": errNoCode, "K7QM-2RPD": refused} {
		b := &Board{Opener: &Opener{login: login{"9b", password}}}
		if got := b.uncoded(refused); !errors.Is(got, want) {
			t.Errorf("password %q: got %v, want %v", password, got, want)
		}
	}
}
