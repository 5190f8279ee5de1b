package class

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"

	"github.com/coder/websocket"
	"github.com/eclipse/paho.mqtt.golang/packets"
)

// dialFunc opens a connection, as net.Dialer.DialContext does.
type dialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// ports are the usual ports of the schemes.
var ports = map[string]string{"mqtt": "1883", "mqtts": "8883", "ws": "80", "wss": "443"}

// dial opens the connection to a broker at an address such as "mqtt://host:1883".
func dial(ctx context.Context, address string, open dialFunc, secure *tls.Config) (net.Conn, error) {
	u, err := url.Parse(address)
	if err != nil || u.User != nil || ports[u.Scheme] == "" {
		return nil, errAddress // the error of Parse has the address, and so perhaps a password
	}
	host := u.Host
	if u.Port() == "" {
		host = net.JoinHostPort(u.Hostname(), ports[u.Scheme])
	}
	switch u.Scheme {
	case "mqtt":
		return open(ctx, "tcp", host)
	case "mqtts":
		conn, err := open(ctx, "tcp", host)
		if err != nil {
			return nil, err
		}
		secure = secure.Clone()
		secure.ServerName = u.Hostname()
		over := tls.Client(conn, secure)
		if err := over.HandshakeContext(ctx); err != nil {
			conn.Close()
			return nil, ofTLS(err, secure.RootCAs != nil)
		}
		return over, nil
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/mqtt"
	}
	client := &http.Client{Transport: &http.Transport{DialContext: open, TLSClientConfig: secure, DisableKeepAlives: true}}
	socket, response, err := websocket.Dial(ctx, u.String(), &websocket.DialOptions{Subprotocols: []string{"mqtt"}, HTTPClient: client})
	switch {
	case err != nil && response != nil:
		return nil, fmt.Errorf("%w %s: want 101 for MQTT over WebSocket", errHTTP, response.Status)
	case shut(err):
		return nil, reason("the broker has no WebSocket on this port: write mqtt:// or mqtts://, or choose its port for WebSockets")
	case err != nil:
		return nil, ofTLS(err, secure.RootCAs != nil)
	}
	socket.SetReadLimit(2 * MaxMessage)
	return websocket.NetConn(context.WithoutCancel(ctx), socket, websocket.MessageBinary), nil
}

var (
	errAddress = errors.New(`must be an address such as "mqtt://192.168.1.5:1883"`)
	errHTTP    = errors.New("HTTP status")
)

// refusals are the reasons of a broker against a connection.
func refusals() map[error]string {
	return map[error]string{
		errNoCode:                                 "not authorised without a join code: add --code-file",
		packets.ErrorRefusedNotAuthorised:         "not authorised: check class and join code",
		packets.ErrorRefusedBadUsernameOrPassword: "not authorised: check class and join code",
		packets.ErrorRefusedIDRejected:            nameTaken,
		errTaken:                                  nameTaken,
		packets.ErrorRefusedServerUnavailable:     "the broker is full, or refuses this computer for some minutes after wrong join codes",
		packets.ErrorRefusedBadProtocolVersion:    "the broker has no MQTT 3.1.1",
	}
}

// stateOf returns the state after a failed attempt or a lost connection, and whether the broker refused it. It has no secret: of an error
// with unknown text it has the kind alone.
func stateOf(err error) (state string, refused bool) {
	for known, reason := range refusals() {
		if errors.Is(err, known) {
			return "refused: " + reason, true
		}
	}
	return "no connection: " + reasonOf(err), false
}

// reasonOf returns the cause of an error of the network in words.
func reasonOf(err error) string {
	var (
		known   reason
		dns     *net.DNSError
		number  syscall.Errno
		timeout interface{ Timeout() bool }
	)
	switch {
	case errors.As(err, &known):
		return known.Error()
	case errors.Is(err, errAddress), errors.Is(err, errHTTP), errors.Is(err, errNoHub), errors.Is(err, ErrRead), errors.Is(err, errEmbedded):
		return err.Error()
	case errors.As(err, &dns):
		return "unknown host " + dns.Name
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "no answer"
	case errors.As(err, &number):
		return number.Error()
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return "the broker closed it"
	case strings.Contains(err.Error(), "pingresp"):
		return "no answer to a ping"
	}
	return "the broker speaks no MQTT"
}
