package wall

import (
	"net/url"

	"hillock/cmd/hillock/internal/broker"
	"hillock/cmd/hillock/internal/class"
	"hillock/config"
)

// Join makes s read a broker at an address such as mqtt://192.168.1.5:1883, with the class's join code, "" for none. A user and a
// password in the environment count without a code, as for a board. The wall shows the address, unless it is of this machine
// alone.
func (s *Show) Join(address, code string) error {
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
	if u, err := url.Parse(address); err == nil && u.User == nil && !broker.Loopback(u.Hostname()) {
		s.Addresses = []string{address}
	}
	return nil
}
