package wall

import (
	"fmt"
	"net/url"

	"hillock/cmd/hillock/internal/broker"
	"hillock/cmd/hillock/internal/class"
	"hillock/config"
)

// Join makes s read a broker at an address such as mqtt://192.168.1.5:1883, with the class's join code, "" for none. A user and a
// password in the environment count without a code, as for a board. The wall shows the address, unless it is of this machine
// alone.
func (s *Show) Join(address, code string) error {
	if shown, hint, ok := config.BrokerAddress(address); !ok && address != "find" {
		switch {
		case address == "embedded":
			hint = "'hillock hub' is a broker with a wall"
		case shown != address:
			hint = "an address has no password: use HILLOCK_NET_USER and HILLOCK_NET_PASSWORD"
		}
		return problem(shown, hint)
	}
	o := class.Options{Password: code}
	if code != "" {
		o.User = s.Class
	}
	op, err := class.NewOpener(&config.Config{Net: config.Net{Broker: address, Class: s.Class}}, o)
	if err != nil {
		return err
	}
	user, password := op.Login()
	s.Source, s.Code = Source{User: user, Password: password, Open: op.Open, State: class.StateOf}, code
	if u, err := url.Parse(address); err == nil && u.Host != "" && !broker.Loopback(u.Hostname()) {
		s.Addresses = []string{address}
	}
	return nil
}

// problem returns the error for a bad address.
func problem(shown, hint string) error {
	if hint != "" {
		hint = ": " + hint
	}
	return fmt.Errorf("--broker: must be \"find\" or an address such as \"mqtt://192.168.1.5:1883\", got %q%s", shown, hint)
}
