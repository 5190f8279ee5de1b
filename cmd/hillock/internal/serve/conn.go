package serve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"
)

// Conn is the WebSocket of a viewer.
type Conn struct {
	s     *Server
	conn  *websocket.Conn
	pipe  *pipe
	may   atomic.Bool // make changes
	wrong bool        // its request to connect had a wrong token

	host      string // in its request
	forwarded bool   // its request came through a proxy
}

// forwarded reports whether a request came through a proxy.
func forwarded(r *http.Request) bool {
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via"} {
		if r.Header.Get(name) != "" {
			return true
		}
	}
	return false
}

// MayChange reports whether the viewer may make changes.
func (c *Conn) MayChange() bool { return c.may.Load() }

// Here reports whether the viewer is on this machine: its connection comes from loopback and names loopback, without a proxy. A
// page of another site under a name that points to this machine names that site.
func (c *Conn) Here() bool {
	from, err := netip.ParseAddrPort(c.pipe.RemoteAddr().String())
	return err == nil && from.Addr().Unmap().IsLoopback() && loopback(c.host) && !c.forwarded
}

// Behind reports whether earlier messages are still in the queue, or the connection has failed.
func (c *Conn) Behind() bool { return c.pipe.behind() }

// Serve serves a viewer until its connection or the server ends. It calls begin first, and take for each message. take returns the
// reason against a message. Serve sends that reason to the viewer.
func (c *Conn) Serve(begin func(), take func(ctx context.Context, text []byte) error) {
	s, conn := c.s, c.conn
	defer conn.CloseNow()
	conn.SetReadLimit(MaxMessage)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	stop := context.AfterFunc(s.ctx, func() {
		time.AfterFunc(FarewellTime, cancel) // stops an answer under way
		c.close(websocket.StatusGoingAway, s.o.Farewell)
		cancel()
	})
	defer stop()
	var pings sync.WaitGroup
	pings.Go(func() {
		defer conn.CloseNow() // stops reads and writes
		defer cancel()
		s.guard(func(context.Context) { c.ping(ctx) })
	})
	begin()
	if c.wrong {
		c.refuse(errToken)
	}
	c.read(ctx, take)
	cancel()
	conn.CloseNow()
	pings.Wait()
}

// ping drops a viewer without an answer.
func (c *Conn) ping(ctx context.Context) {
	every := time.NewTicker(PingTime)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
		answer, cancel := context.WithTimeout(ctx, PingTime)
		err := c.conn.Ping(answer)
		cancel()
		if err != nil {
			return
		}
	}
}

// Say sends a message. A failed write closes the connection, and the next read returns the error.
func (c *Conn) Say(kind websocket.MessageType, b []byte) {
	_ = c.conn.Write(context.Background(), kind, b)
}

// read takes the viewer's messages until its connection ends.
func (c *Conn) read(ctx context.Context, take func(ctx context.Context, text []byte) error) {
	messages := rate.NewLimiter(PerSecond, PerSecond)
	for {
		kind, text, err := c.conn.Read(ctx)
		var excess tooMuch
		switch {
		case errors.As(err, &excess):
			c.close(websocket.StatusPolicyViolation, excess.Error())
			return
		case err != nil:
			return // the library has sent the reason
		case kind != websocket.MessageText:
			c.close(websocket.StatusUnsupportedData, "a message must be text")
			return
		case !messages.Allow():
			c.close(websocket.StatusPolicyViolation, fmt.Sprintf("at most %d messages a second", PerSecond))
			return
		}
		if err := take(ctx, text); err != nil {
			c.refuse(err)
		}
	}
}

// close sends the reason for the end of the connection, and waits at most FarewellTime for the answer. The library would wait
// 5 s, and its CloseNow does not stop a Close under way.
func (c *Conn) close(code websocket.StatusCode, reason string) {
	t := time.AfterFunc(FarewellTime, func() { c.pipe.Close() })
	defer t.Stop()
	_ = c.conn.Close(code, reason)
}

// errToken answers a wrong token.
var errToken = errors.New("wrong token")

// Unlock permits changes to a viewer with the right token. A wrong one costs GuessTime.
func (c *Conn) Unlock(ctx context.Context, token string) error {
	if !c.s.permits(token) {
		c.s.guessed(ctx, c.pipe.RemoteAddr().String())
		return errToken
	}
	c.may.Store(true)
	return nil
}

// refusal answers a message without effect.
type refusal struct {
	Type    string `json:"type"`
	Message string `json:"message"`
}

// refuse sends the reason for a refusal.
func (c *Conn) refuse(why error) {
	text, _ := json.Marshal(refusal{"error", why.Error()})
	c.Say(websocket.MessageText, text)
}
