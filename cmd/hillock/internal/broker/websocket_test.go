package broker

import (
	"context"
	"net/http"
	"testing"

	"github.com/coder/websocket"
	"github.com/mochi-mqtt/server/v2/packets"
)

// A page in a browser needs the join code, even on this machine: any page can open a WebSocket to it.
func TestWebSocketFromAPageNeedsTheCode(t *testing.T) {
	w := open(t, func(o *Options) { o.WebSocket = "127.0.0.1:0" })
	at := "ws://" + w.WebSocketAddr() + "/mqtt"
	connect := func(origin string) (*client, error) {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		o := &websocket.DialOptions{Subprotocols: []string{"mqtt"}, HTTPHeader: http.Header{}}
		if origin != "" {
			o.HTTPHeader.Set("Origin", origin)
		}
		s, _, err := websocket.Dial(ctx, at, o)
		if err != nil {
			return nil, err
		}
		s.SetReadLimit(maxPacket)
		return newClient(t, websocket.NetConn(context.Background(), s, websocket.MessageBinary)), nil
	}
	if _, err := connect("http://evil.example"); err == nil {
		t.Error("a page of another site: got a connection, want none")
	}
	page, err := connect("http://" + w.WebSocketAddr())
	if err != nil {
		t.Fatal(err)
	}
	if code := page.connect(packets.ConnectParams{ClientIdentifier: "9b:tom"}); code != notAuthorized {
		t.Errorf("a page without the code: got code %d, want %d", code, notAuthorized)
	}
	if page, err = connect("http://" + w.WebSocketAddr()); err != nil {
		t.Fatal(err)
	}
	page.mustConnect(as("9b", testCode, "wall-1"))
	page.subscribe("hillock/1/9b/#")
	page.ping()
	tom, err := connect("")
	if err != nil {
		t.Fatal(err)
	}
	tom.mustConnect(packets.ConnectParams{ClientIdentifier: "9b:tom"})
	tom.publish("hillock/1/9b/tom/spikes", "[1]", false, 0)
	if got, want := page.message(), "hillock/1/9b/tom/spikes [1]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
