package wall

import (
	"errors"
	"net/url"
	"path/filepath"
	"strings"

	"hillock/cmd/hillock/internal/broker"
	"hillock/cmd/hillock/internal/class"
	"hillock/config"
)

// Join makes s read the class of a configuration. Of the options it uses the login, and Find for the broker "find".
func (s *Show) Join(cfg *config.Config, o *class.Options) error {
	switch cfg.Net.Broker {
	case "":
		return errors.New("net: missing: a wall needs a broker: add --broker, or the table [net]")
	case "embedded":
		return errors.New(`net.broker: must be "find" or an address such as "mqtt://192.168.1.5:1883", got "embedded": 'hillock hub' is a broker with a wall`)
	}
	op, err := class.NewOpener(cfg, *o)
	if err != nil {
		return err
	}
	user, password := op.Login()
	s.Source, s.Code = Source{User: user, Password: password, Open: op.Open, State: op.StateOf}, o.Password
	if s.Found = cfg.Net.Broker == "find"; !s.Found {
		s.Addresses = []string{reached(cfg.Net.Broker)}
	}
	if cfg.Net.CA != "" {
		s.CA = filepath.Base(cfg.Net.CA)
	}
	return nil
}

// reached returns the address of a broker for boards: that of this machine alone is a word there.
func reached(address string) string {
	u, err := url.Parse(address)
	if err != nil || !broker.Loopback(u.Hostname()) {
		return address
	}
	u.Host = strings.TrimSuffix("ADDRESS:"+u.Port(), ":")
	return u.String()
}
