package broker

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"

	"crypto/tls"

	"github.com/coder/websocket"
)

// serveWeb serves MQTT over WebSockets: MQTT 3.1.1, section 6.
func (b *Broker) serveWeb(l net.Listener) {
	b.webAt = l.Addr().String()
	b.web = &http.Server{
		Handler: http.HandlerFunc(b.webSocket), ReadHeaderTimeout: b.limits.connectTime, IdleTimeout: b.limits.connectTime,
		MaxHeaderBytes: 8 << 10, ErrorLog: log.New(io.Discard, "", 0),
	}
	if b.o.TLS != nil {
		l = tls.NewListener(l, b.o.TLS)
	}
	b.accepts.Go(func() { b.web.Serve(l) }) // the error is that of Close
}

// webSocket begins a connection. A page of another site cannot connect, and a page needs the join code even on this machine.
func (b *Broker) webSocket(w http.ResponseWriter, r *http.Request) {
	s, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"mqtt"}})
	if err != nil {
		return // answered
	}
	s.SetReadLimit(2 * maxPacket)
	at, _ := netip.ParseAddrPort(r.RemoteAddr)
	c := b.newConnection(websocket.NetConn(context.Background(), s, websocket.MessageBinary), net.TCPAddrFromAddrPort(at))
	c.origin = r.Header.Get("Origin") != ""
	b.begin(c, false)
}
