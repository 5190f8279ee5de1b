package man

import (
	"hillock/cmd/hillock/internal/class"
	"hillock/cmd/hillock/internal/serve"
)

// Sections returns the sections about hillock apart from its commands.
func Sections() []Section {
	return []Section{
		{Name: "EXIT STATUS", Entries: []Entry{
			{Font: "B", Term: "0", Text: "success; also a run that a signal ended"},
			{Font: "B", Term: "1", Text: "any other error; also an LED that was dark at the end of a run, because another program held its pin; or bench --report, ended by a signal"},
			{Font: "B", Term: "2", Text: "a bad command line or a bad file"},
			{Font: "B", Term: "3", Text: "this machine lacks a pin, an SPI port or an I2C bus of the configuration; the service does not start again"},
			{Font: "B", Term: "128+n", Text: "a second signal, number n, ended the program at once; its outputs are off"},
		}},
		{Name: "ENVIRONMENT", Entries: []Entry{
			{Font: "B", Term: serve.TokenVariable, Text: "token required for changes on the page of 'hillock run --web', if no flag gives one"},
			{Font: "B", Term: class.CodeVariable, Text: "join code of the class of 'hillock run --class', if no flag gives one"},
			{Font: "B", Term: class.UserVariable + ", " + class.PasswordVariable, Text: "user and password for the broker of a class, without the key login of the configuration and without a join code"},
			{Font: "B", Term: "NO_COLOR", Text: "any value but an empty one: print without colours"},
		}},
		{Name: "FILES", Entries: []Entry{
			{Font: "I", Term: "/etc/hillock/hillock.toml", Text: "configuration of hillock.service; its comments explain each key, and 'hillock config init -' prints them"},
			{Font: "I", Term: "/usr/share/doc/hillock/examples", Text: "more configurations"},
		}},
	}
}
