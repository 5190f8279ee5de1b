package class

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"time"
)

// reason is an error of a connection with its whole text for people, without a secret.
type reason string

func (r reason) Error() string { return string(r) }

// shut reports whether the other end has closed a connection.
func shut(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// ofTLS returns the reason of a failed TLS connection, or the error. own means that the configuration has a file of authorities.
func ofTLS(err error, own bool) error {
	var (
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
		invalid   x509.CertificateInvalidError
		record    tls.RecordHeaderError
		op        *net.OpError
	)
	switch {
	case errors.As(err, &authority) && own:
		return reason("the broker's certificate does not fit the file of net.ca: take the file that the hub names at its start")
	case errors.As(err, &authority):
		return reason("the broker's certificate is of an unknown authority: name its CA file in net.ca or SSL_CERT_FILE")
	case errors.As(err, &host):
		return reason(fmt.Sprintf("the broker's certificate is for %s, not for %s: take one of its names for the address, or a new certificate",
			namesOf(host.Certificate), quoted(host.Host)))
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && invalid.Cert != nil:
		return reason(fmt.Sprintf("the broker's certificate is valid from %s to %s, and this computer has the date %s: correct the date, or make a new certificate",
			day(invalid.Cert.NotBefore), day(invalid.Cert.NotAfter), day(time.Now())))
	case errors.As(err, &invalid):
		return reason("the broker's certificate is not valid: make a new one")
	case errors.As(err, &op) && op.Op == "remote error":
		return reason("the broker refused the TLS connection: check net.cert and net.key")
	case errors.As(err, &record), shut(err):
		return reason("the broker has no TLS on this port: write mqtt://, or choose its port for TLS, usually 8883")
	}
	return err
}

func day(t time.Time) string { return t.Format(time.DateOnly) }

// namesOf returns at most four names and addresses of a certificate for a message.
func namesOf(c *x509.Certificate) string {
	const most = 4
	var all []string
	for _, name := range c.DNSNames {
		all = append(all, quoted(name))
	}
	for _, ip := range c.IPAddresses {
		all = append(all, quoted(ip.String()))
	}
	switch {
	case len(all) == 0:
		return "no host"
	case len(all) > most:
		all = append(all[:most], "...")
	}
	return strings.Join(all, ", ")
}
