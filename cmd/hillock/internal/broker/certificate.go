package broker

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Certificate is a TLS certificate of a broker.
type Certificate struct {
	TLS         tls.Certificate
	File        string // the certificate without the key: the CA file of the boards
	Fingerprint string // SHA-256 of the certificate, as AB:CD:...
}

// certificateYears is the life of a certificate of our own: a Pi without a clock must not lose its class in the summer.
const certificateYears = 10

// OwnCertificate returns the certificate in FOLDER/tls. Without the files it makes one for all names and addresses of this machine.
func OwnCertificate(folder string) (Certificate, error) {
	cert, key := filepath.Join(folder, "tls", "cert.pem"), filepath.Join(folder, "tls", "key.pem")
	_, certErr := os.Stat(cert)
	_, keyErr := os.Stat(key)
	if errors.Is(certErr, fs.ErrNotExist) && errors.Is(keyErr, fs.ErrNotExist) {
		certPEM, keyPEM, err := newCertificate(time.Now())
		if err == nil {
			err = writeSecret(key, keyPEM)
		}
		if err == nil {
			err = writeSecret(cert, certPEM)
		}
		if err != nil {
			return Certificate{}, err
		}
	}
	return LoadCertificate(cert, key)
}

// LoadCertificate returns a certificate from two PEM files.
func LoadCertificate(cert, key string) (Certificate, error) {
	certPEM, err := os.ReadFile(cert)
	if err != nil {
		return Certificate{}, err
	}
	keyPEM, err := readSecret(key)
	if err != nil {
		return Certificate{}, err
	}
	pair, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		return Certificate{}, fmt.Errorf("%s and %s: %w", cert, key, err)
	}
	sum := sha256.Sum256(pair.Certificate[0])
	return Certificate{TLS: pair, File: cert, Fingerprint: strings.ReplaceAll(fmt.Sprintf("% X", sum), " ", ":")}, nil
}

// Config returns the configuration of a TLS server.
func (c Certificate) Config() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{c.TLS}, MinVersion: tls.VersionTLS12}
}

// Problem returns the reason why boards would refuse the certificate, "" for none. hosts are the addresses of the broker, host:port.
func (c Certificate) Problem(hosts []string, now time.Time) string {
	const remedy = ": remove its folder for a new certificate, or give one with --tls-cert"
	switch is := c.TLS.Leaf; {
	case now.Before(is.NotBefore):
		return fmt.Sprintf("%s: is valid from %s on: correct the date of this computer", c.File, is.NotBefore.Format(time.DateOnly))
	case now.After(is.NotAfter):
		return fmt.Sprintf("%s: is valid until %s%s", c.File, is.NotAfter.Format(time.DateOnly), remedy)
	}
	for _, at := range hosts {
		if host, _, _ := net.SplitHostPort(at); c.TLS.Leaf.VerifyHostname(host) != nil {
			return fmt.Sprintf("%s: is not for %s%s", c.File, host, remedy)
		}
	}
	return ""
}

// newCertificate makes a certificate with ECDSA P-256. It is its own authority.
func newCertificate(now time.Time) (cert, key []byte, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, nil, err
	}
	names, addresses := ownNames()
	form := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "hillock " + names[0]},
		NotBefore: now.AddDate(-1, 0, 0), // a Pi without a clock may be in the past
		NotAfter:  now.AddDate(certificateYears, 0, 0),
		KeyUsage:  x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true, IsCA: true, MaxPathLenZero: true,
		DNSNames: names, IPAddresses: addresses,
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &private.PublicKey, private)
	if err != nil {
		return nil, nil, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}), nil
}

// ownNames returns the names and addresses of this machine. NAME.local is its name in mDNS.
func ownNames() (names []string, addresses []net.IP) {
	names, addresses = []string{"localhost"}, []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	if host, err := os.Hostname(); err == nil && host != "localhost" {
		first, _, _ := strings.Cut(host, ".")
		names = append([]string{host, first + ".local"}, names...)
		if first != host {
			names = append(names, first)
		}
	}
	found, err := net.InterfaceAddrs()
	if err != nil {
		return names, addresses
	}
	for _, a := range found {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLoopback() {
			addresses = append(addresses, n.IP)
		}
	}
	return names, addresses
}
