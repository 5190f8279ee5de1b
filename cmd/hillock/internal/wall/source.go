package wall

import (
	"errors"
	"net/url"

	"hillock/cmd/hillock/internal/broker"
	"hillock/cmd/hillock/internal/class"
	"hillock/config"
)

// Join makes s read the class of a configuration. Of the options it uses the login, and Find for the broker "find". The wall shows the
// address of the broker, unless it is of this machine alone.
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
	s.Source, s.Code = Source{User: user, Password: password, Open: op.Open, State: class.StateOf}, o.Password
	if u, err := url.Parse(cfg.Net.Broker); err == nil && u.Host != "" && !broker.Loopback(u.Hostname()) {
		s.Addresses = []string{cfg.Net.Broker}
	}
	return nil
}
