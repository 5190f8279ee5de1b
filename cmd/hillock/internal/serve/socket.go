package serve

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"

	"github.com/coder/websocket"
)

// TokenProtocol is the prefix of a second subprotocol with the token in base64url without padding. It gives a client with the
// token the reserved place. A message could not ask for that place: without a place there is no socket.
const TokenProtocol = "hillock.token."

// socket accepts a client.
func (s *Server) socket(w http.ResponseWriter, r *http.Request) {
	if !sameOrigin(r) {
		http.Error(w, "pages of other origins cannot connect", http.StatusForbidden)
		return
	}
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") || r.Method != http.MethodGet {
		w.Header().Set("Upgrade", "websocket")
		http.Error(w, "use a WebSocket", http.StatusUpgradeRequired)
		return
	}
	offered := protocols(r)
	if _, ok := offered[s.o.Protocol]; !ok {
		http.Error(w, "the subprotocol must be "+s.o.Protocol, http.StatusBadRequest)
		return
	}
	p := pipeOf(r)
	c := &Conn{s: s, pipe: p, host: r.Host, forwarded: forwarded(r)}
	c.may.Store(s.o.Token == "")
	given, ok := tokenIn(offered)
	switch {
	case !ok || s.o.Token == "":
	case s.permits(given):
		c.may.Store(true)
	default:
		s.guessed(s.ctx, p.RemoteAddr().String())
		c.wrong = true
	}
	withToken := s.o.Token != "" && c.may.Load()
	if !s.hosts.socket(p.from, withToken) {
		tooBusy(w, http.StatusTooManyRequests, "10", fmt.Sprintf("%d clients of this address are connected, the maximum (--web-per-address)", s.o.PerAddress))
		return
	}
	defer s.hosts.endSocket(p.from)
	if !s.place(withToken) {
		tooBusy(w, http.StatusServiceUnavailable, "10", fmt.Sprintf("%d clients are connected, the maximum (--web-clients)", s.o.Clients))
		return
	}
	defer s.leave()
	conn, err := websocket.Accept(hijacker{w, p}, r, &websocket.AcceptOptions{Subprotocols: []string{s.o.Protocol}})
	if err != nil {
		return // Accept has answered
	}
	c.conn = conn
	s.guard(func(context.Context) { s.view(c) })
	p.drains.Wait()
}

// protocols returns the subprotocols in a client's request.
func protocols(r *http.Request) map[string]bool {
	all := map[string]bool{}
	for _, list := range r.Header.Values("Sec-WebSocket-Protocol") {
		for p := range strings.SplitSeq(list, ",") {
			all[strings.TrimSpace(p)] = true
		}
	}
	return all
}

// tokenIn returns the token among the subprotocols.
func tokenIn(offered map[string]bool) (token string, ok bool) {
	for p := range offered {
		if code, is := strings.CutPrefix(p, TokenProtocol); is {
			text, err := base64.RawURLEncoding.DecodeString(code)
			return string(text), err == nil
		}
	}
	return "", false
}

// place takes a free place of a running server. One place beyond Options.Clients is reserved for a client with the token.
func (s *Server) place(withToken bool) bool {
	most := s.o.Clients
	if withToken {
		most++
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.places >= most || s.ctx.Err() != nil {
		return false
	}
	s.places++
	s.joined.Add(1)
	return true
}

func (s *Server) leave() {
	s.mu.Lock()
	s.places--
	s.mu.Unlock()
	s.joined.Done()
}
