package class

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"hillock/cmd/hillock/internal/broker"
	"hillock/config"
)

// Opener opens connections to the broker of a configuration.
type Opener struct {
	net   config.Net
	o     Options
	login login
	tls   *tls.Config
	hub   *hub // the broker of this program; nil without one
}

// NewOpener reads the files of [net]. It does not wait for the network. Of the options it uses the login, Env, Dial and Find. It opens
// no embedded broker.
func NewOpener(cfg *config.Config, o Options) (*Opener, error) {
	if o.Dial == nil {
		o.Dial = (&net.Dialer{}).DialContext
	}
	if o.Env == nil {
		o.Env = os.LookupEnv
	}
	op := &Opener{net: cfg.Net, o: o}
	var err error
	if op.login, err = loginOf(cfg, o); err != nil {
		return nil, err
	}
	op.tls, err = tlsOf(cfg)
	return op, err
}

// Login returns user and password for the broker, "" for none.
func (op *Opener) Login() (user, password string) { return op.login.user, op.login.password }

// StateOf returns the state after a failed attempt in words, without a secret: see Status.State.
func (op *Opener) StateOf(err error) string {
	state, _ := stateOf(op.uncoded(err))
	return state
}

// uncoded returns errNoCode for a refusal without a join code, and other errors as they are.
func (op *Opener) uncoded(err error) error {
	if op.login.password == "" && errors.Is(err, packets.ErrorRefusedNotAuthorised) {
		return errNoCode
	}
	return err
}

// Open opens a connection, without a word of MQTT.
func (op *Opener) Open(ctx context.Context) (net.Conn, error) {
	address, err := op.locate(ctx)
	if err != nil {
		return nil, err
	}
	return op.openAt(ctx, address)
}

// locate returns the address of the broker. It looks for a hub on the network if the configuration has none.
func (op *Opener) locate(ctx context.Context) (address string, err error) {
	switch {
	case op.net.Broker != "find":
		return op.net.Broker, nil
	case op.o.Find == nil:
		return "", errNoHub
	}
	if address, err = op.o.Find(ctx, op.net.Class); err != nil {
		return "", fmt.Errorf("%w: %w", errNoHub, err)
	}
	if op.net.CA != "" && !strings.HasPrefix(address, "mqtts:") {
		return "", reason("the hub at " + address + " has no TLS, and net.ca is given: start it with --tls, or leave net.ca out")
	}
	return address, nil
}

// openAt opens a connection to a broker at an address.
func (op *Opener) openAt(ctx context.Context, address string) (net.Conn, error) {
	var conn net.Conn
	var err error
	if op.hub == nil {
		conn, err = dial(ctx, address, op.o.Dial, op.tls)
	} else if conn, err = op.hub.Dial(); err != nil {
		err = errEmbedded
	}
	if err != nil {
		return nil, err
	}
	return buffered{conn, bufio.NewReaderSize(conn, readBuffer)}, nil
}

// readBuffer is the size of the buffer for reading, in bytes. paho reads a message in three or four pieces.
const readBuffer = 16 << 10

// buffered is a connection with a buffer for reading.
type buffered struct {
	net.Conn
	from *bufio.Reader
}

// Read implements net.Conn.
func (b buffered) Read(p []byte) (int, error) { return b.from.Read(p) }

// hub is the broker of this program. The boards of two configurations share it over a reload.
type hub struct {
	*broker.Broker
	listen, class string

	mu    sync.Mutex
	users int
}

// embed opens the broker of a configuration, or takes that of the board before. Beyond this machine it needs the join code: the given
// one, or that of the state folder.
func (op *Opener) embed(after *Board) error {
	n := op.net
	if after != nil && after.hub != nil && after.hub.listen == n.Listen && after.hub.class == n.Class && after.hub.take() {
		op.hub = after.hub
		return nil
	}
	code := op.login.password
	host, _, _ := net.SplitHostPort(n.Listen)
	if code == "" && !broker.Loopback(host) {
		folder, err := broker.Folder(func(name string) string { v, _ := op.o.Env(name); return v })
		if err != nil {
			return err
		}
		if code, err = broker.JoinCode(folder, n.Class); err != nil {
			return err
		}
	}
	b, err := broker.Open(broker.Options{Listen: n.Listen, Class: n.Class, Code: code, Logger: op.o.Logger})
	if err != nil {
		return err
	}
	op.hub = &hub{Broker: b, listen: n.Listen, class: n.Class, users: 1}
	return nil
}

// take adds a user. It returns false after the end of the broker.
func (h *hub) take() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.users == 0 {
		return false
	}
	h.users++
	return true
}

// leave ends the broker with its last user.
func (h *hub) leave() error {
	if h == nil {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.users--; h.users > 0 {
		return nil
	}
	return h.Close()
}
