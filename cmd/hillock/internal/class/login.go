package class

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"unicode"
	"unicode/utf8"

	"hillock/config"
)

// The environment variables for user and password. Without a user it is the class: the password is the join code then.
const (
	UserVariable     = "HILLOCK_NET_USER"
	PasswordVariable = "HILLOCK_NET_PASSWORD"
)

// CodeVariable is the environment variable for the join code, in place of a flag.
const CodeVariable = "HILLOCK_CODE"

// maxLogin bounds the file of the key login, in bytes.
const maxLogin = 1024

// login is a user with a password. No message has either of them.
type login struct{ user, password string }

// loginOf returns the login of a run: that of the options, of the file, or of the environment. Without any it is empty.
func loginOf(cfg *config.Config, o Options) (login, error) {
	switch {
	case o.User != "" || o.Password != "":
		return login{o.User, o.Password}, nil
	case cfg.Net.Login != "":
		l, err := readLogin(beside(cfg, cfg.Net.Login))
		if err != nil {
			return login{}, fmt.Errorf("net.login: %w", err)
		}
		return l, nil
	}
	var l login
	if o.Env != nil {
		l.user, _ = o.Env(UserVariable)
		l.password, _ = o.Env(PasswordVariable)
	}
	if l.user == "" && l.password != "" {
		l.user = cfg.Net.Class
	}
	return l, nil
}

// readLogin returns the two lines of a file. It refuses a file open to other users; the group may read it, for a service.
func readLogin(file string) (login, error) {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return login{}, err
	case !info.Mode().IsRegular(): // a FIFO might never have a writer
		return login{}, fmt.Errorf("%s: must be a regular file", file)
	case info.Mode()&0o006 != 0 && runtime.GOOS != "windows":
		return login{}, fmt.Errorf("%s: must be private, but other users may read or write it (%v): chmod o= %[1]s", file, info.Mode())
	}
	f, err := os.Open(file)
	if err != nil {
		return login{}, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxLogin+1))
	if err != nil {
		return login{}, err
	}
	user, password, two := strings.Cut(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
	password = strings.TrimSuffix(password, "\n")
	if len(text) > maxLogin || !two || user == "" || password == "" || !utf8.Valid(text) || strings.ContainsFunc(user+password, unicode.IsControl) {
		return login{}, fmt.Errorf("%s: must have the user in line 1 and the password in line 2, and at most %d bytes", file, maxLogin)
	}
	return login{user, password}, nil
}

// beside returns the path of a file that the configuration names: its folder is that of the configuration.
func beside(cfg *config.Config, file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(filepath.Dir(cfg.File), file)
}

// tlsOf returns the settings of mqtts and wss: an own certificate authority, and a certificate of this board.
func tlsOf(cfg *config.Config) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if cfg.Net.CA != "" {
		file := beside(cfg, cfg.Net.CA)
		pem, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("net.ca: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("net.ca: %s: must have a certificate in PEM", file)
		}
	}
	if cfg.Net.Cert != "" {
		pair, err := tls.LoadX509KeyPair(beside(cfg, cfg.Net.Cert), beside(cfg, cfg.Net.Key))
		if err != nil {
			return nil, fmt.Errorf("net.cert: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

// errNoName is the error for a computer without a usable name.
var errNoName = errors.New(`net.board: missing, and this computer has no name: add a name such as "mara"`)

// NameOf returns the name of this board: that of the configuration, or the host name up to its first dot. Other characters become "-".
func NameOf(n config.Net) (string, error) {
	if n.Board != "" {
		return n.Board, nil
	}
	host, err := os.Hostname()
	if err != nil {
		return "", errNoName
	}
	return named(host)
}

// named returns the name of a board for a host name.
func named(host string) (string, error) {
	host, _, _ = strings.Cut(host, ".")
	name := strings.Map(func(r rune) rune {
		if config.ValidName(string(r)) {
			return r
		}
		return '-'
	}, host)
	name = strings.Trim(name[:min(len(name), config.MaxName)], "-")
	if name == "" {
		return "", errNoName
	}
	return name, nil
}
