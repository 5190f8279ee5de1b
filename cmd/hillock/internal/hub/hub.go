// Package hub is the broker of a class and its wall in one program: what a teacher starts.
package hub

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"hillock/cmd/hillock/internal/broker"
	"hillock/cmd/hillock/internal/class"
	"hillock/cmd/hillock/internal/discover"
	"hillock/cmd/hillock/internal/serve"
	"hillock/cmd/hillock/internal/terminal"
	"hillock/cmd/hillock/internal/usage"
	"hillock/cmd/hillock/internal/wall"
)

// Options of a hub.
type Options struct {
	Listen    string // address of the broker
	TLS       bool   // with the hub's own certificate, made on the first start
	Cert, Key string // PEM files of another certificate; "": none
	wall.Show        // the wall: Class, Addr, Given, Clients, PerAddress, Version and Err
}

// Run runs a hub until ctx ends.
func Run(ctx context.Context, o Options) (err error) {
	if err := class.CheckName(o.Class); err != nil {
		return usage.Errorf("--class: %w", err)
	}
	folder, err := broker.Folder(os.Getenv)
	if err != nil {
		return err
	}
	if o.Code, err = broker.JoinCode(folder, o.Class); err != nil {
		return err
	}
	b := broker.Options{Listen: o.Listen, Key: "--listen", Class: o.Class, Code: o.Code, Logger: terminal.NewLogger(o.Err, terminal.Lines)}
	scheme := "mqtt://"
	var cert broker.Certificate
	if o.TLS || o.Cert != "" {
		if cert, err = certificate(folder, o.Cert, o.Key); err != nil {
			return err
		}
		b.TLS, scheme = cert.Config(), "mqtts://"
		o.CA = filepath.Base(cert.File)
		fmt.Fprintf(o.Err, "copy the certificate %s to each board, and start the board with --set net.ca=%s (fingerprint %s)\n", cert.File, o.CA, cert.Fingerprint)
	}
	opened, err := broker.Open(b)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	at, err := net.ResolveTCPAddr("tcp", opened.Addr())
	if err != nil {
		return err
	}
	hosts := serve.HostsOf(at)
	for _, host := range hosts {
		o.Addresses = append(o.Addresses, scheme+host)
	}
	if b.TLS != nil {
		if problem := cert.Problem(hosts, time.Now()); problem != "" {
			fmt.Fprintln(o.Err, "warning: boards may refuse the certificate: "+problem)
		}
	}
	o.Folder, o.CodeFile = folder, filepath.Join(folder, "classes", o.Class+".code")
	o.Source = wall.Source{User: o.Class, Password: o.Code, Open: inside(opened), State: func(err error) string { return err.Error() }}
	if o.Found = !at.IP.IsLoopback(); !o.Found {
		fmt.Fprintln(o.Err, "only this machine can join: use --listen :1883 for the room")
	} else {
		var a *discover.Announcement
		o.Ready = func(port int) {
			h := discover.Hub{Class: o.Class, Broker: at.AddrPort(), TLS: b.TLS != nil, Wall: port, Version: o.Version}
			a = discover.Announce(h)
		}
		defer func() {
			if a != nil {
				err = errors.Join(err, a.Close())
			}
		}()
	}
	return wall.Run(ctx, o.Show)
}

// inside returns a function that opens connections within the program. paho reads a message in pieces: a buffer joins them.
func inside(b *broker.Broker) func(context.Context) (net.Conn, error) {
	return func(context.Context) (net.Conn, error) {
		conn, err := b.Dial()
		if err != nil {
			return nil, err
		}
		return buffered{conn, bufio.NewReader(conn)}, nil
	}
}

type buffered struct {
	net.Conn
	from *bufio.Reader
}

// Read implements net.Conn.
func (b buffered) Read(p []byte) (int, error) { return b.from.Read(p) }

func certificate(folder, cert, key string) (broker.Certificate, error) {
	if cert == "" {
		return broker.OwnCertificate(folder)
	}
	c, err := broker.LoadCertificate(cert, key)
	if err != nil {
		return c, usage.Errorf("--tls-cert, --tls-key: %w", err)
	}
	return c, nil
}
