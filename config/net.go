package config

import (
	"bytes"
	"cmp"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Net is the class that a run joins. The zero value is no network.
type Net struct {
	Broker string // "find" (a hub of the class on this network), "embedded" (a broker of this program), an address such as "mqtt://host:1883", or "": no network
	Listen string // address of the embedded broker
	Class  string
	Board  string        // name of this board; "": the host name
	Link   string        // "wifi" or "cable"; it decides two defaults: Batch, and the delay of synapses from other boards
	Batch  time.Duration // real time of the spikes in one message

	Login         string // file with the user in its first line and the password in its second; "": from the environment
	CA, Cert, Key string // PEM files for mqtts: certificate authority, and certificate and key of this board; "": those of the system, none
	HomeAssistant bool   // discovery messages for Home Assistant
}

// The addresses of a broker, with their usual ports.
func brokerPorts() map[string]string {
	return map[string]string{"mqtt": "1883", "mqtts": "8883", "ws": "80", "wss": "443"}
}

// netKeys are the keys of [net], in the order of printing.
func netKeys() []Key {
	return []Key{
		{"broker", Text}, {"listen", Text}, {"class", Text}, {"board", Text}, {"link", Text}, {"batch", Text},
		{"login", Text}, {"ca", Text}, {"cert", Text}, {"key", Text}, {"home_assistant", Bool},
	}
}

// defaultNet returns the values of keys left out of [net].
func defaultNet() Net {
	return Net{Broker: "find", Listen: "127.0.0.1:1883", Class: "class", Link: "wifi"}
}

// net decodes [net]. Without the table the result is zero.
func (d *decoder) net() Net {
	t := d.parts["net"]
	if t == nil {
		return Net{}
	}
	n := defaultNet()
	t.text("broker", &n.Broker, `must be "find", "embedded" or an address such as "mqtt://192.168.1.5:1883"`, t.brokerProblem)
	t.text("listen", &n.Listen, ListenRule, unless(ValidListen))
	t.text("class", &n.Class, NameRule, unless(ValidName))
	t.text("board", &n.Board, NameRule, unless(ValidName))
	if t.Has("link") {
		if n.Link = t.Choice("link", "wifi", "cable"); n.Link == "" {
			n.Link = "wifi"
		}
	}
	n.Batch = t.Time("batch", n.defaultBatch(), 5*time.Millisecond, time.Second, "")
	for _, f := range []struct {
		key string
		to  *string
	}{{"login", &n.Login}, {"ca", &n.CA}, {"cert", &n.Cert}, {"key", &n.Key}} {
		t.text(f.key, f.to, "must be the name of a file", func(name string) string {
			if name == "" {
				return "leave it out"
			}
			return ""
		})
	}
	n.HomeAssistant = t.Yes("home_assistant")
	if !t.IsBad("cert") && !t.IsBad("key") && (n.Cert == "") != (n.Key == "") {
		given := map[bool]string{true: "cert", false: "key"}[n.Key == ""]
		t.Wrong(given, Problem{Rule: "must be given with " + map[string]string{"cert": "key", "key": "cert"}[given]})
	}
	if t.Has("listen") && !t.IsBad("broker") && n.Broker != "embedded" {
		t.Wrong("listen", Problem{Rule: `must be left out without broker = "embedded"`})
	}
	return n
}

// text decodes a text. problem returns the hint for a bad one.
func (t *Table) text(key string, to *string, rule string, problem func(string) (hint string)) {
	s, ok := t.Text(key, rule)
	if !ok {
		return
	}
	if hint := problem(s); hint != "" {
		t.Wrong(key, Problem{Rule: rule, Hint: strings.TrimSpace(hint)})
		return
	}
	*to = s
}

// brokerProblem returns a hint for a bad value of broker, a blank for a hint without words, and "" for a good one. A password is not
// repeated in a message.
func (t *Table) brokerProblem(s string) string {
	words := []string{"find", "embedded"}
	shown, hint, ok := brokerAddress(s)
	if ok || slices.Contains(words, s) {
		return ""
	}
	if near := Nearest(s, words); near != "" {
		return "did you mean " + near + "?"
	}
	if shown != s {
		t.node.index["broker"].raw = strconv.Quote(shown)
	}
	return cmp.Or(hint, " ")
}

// brokerAddress checks the address of a broker, such as mqtt://192.168.1.5:1883. For a bad one it returns the address without a
// password, and a hint that may be "".
func brokerAddress(s string) (shown, hint string, ok bool) {
	u, err := url.Parse(s)
	at := strings.LastIndex(s, "@")
	switch {
	case err == nil && u.User != nil, err != nil && at >= 0:
		scheme, _, _ := strings.Cut(s[:at], "://")
		return scheme + "://..." + s[at:], "an address has no password: put user and password into the file of the key login", false
	case err != nil || u.Host == "":
		if validHost(s) {
			hint = "write \"mqtt://" + s + "\""
		}
	case brokerPorts()[u.Scheme] == "":
		hint = "the schemes are mqtt, mqtts, ws and wss"
	default:
		ok = (u.Path == "" || u.Path == "/" || strings.HasPrefix(u.Scheme, "ws")) && u.RawQuery == "" && u.Fragment == "" && validHost(u.Host)
	}
	return s, hint, ok
}

// validHost reports whether a text is a host with an optional port.
func validHost(s string) bool {
	host, port := s, "1"
	if strings.Contains(s, ":") && !strings.HasSuffix(s, "]") {
		var err error
		if host, port, err = net.SplitHostPort(s); err != nil {
			return false
		}
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0 && host != "" && !strings.ContainsAny(host, " /@?#\t")
}

// ListenRule says what ValidListen accepts, for a broker.
const ListenRule = `must be an address such as "127.0.0.1:1883" or ":1883"`

// ValidListen reports whether a text is an address to listen on: a port, with a host or without one.
func ValidListen(s string) bool {
	_, port, err := net.SplitHostPort(s)
	_, wrong := strconv.ParseUint(port, 10, 16)
	return err == nil && wrong == nil
}

// unless returns a problem without a hint for texts that are not valid.
func unless(valid func(string) bool) func(string) (hint string) {
	return func(s string) string {
		if valid(s) {
			return ""
		}
		return " "
	}
}

// defaultBatch returns the batch of a link.
func (n Net) defaultBatch() time.Duration {
	if n.Link == "cable" {
		return 10 * time.Millisecond
	}
	return 50 * time.Millisecond
}

// remoteDelay returns the default delay of synapses from other boards. A Raspberry Pi on Wi-Fi sleeps for up to 300 ms only with power
// save, which a class turns off.
func (n Net) remoteDelay() time.Duration {
	if n.Link == "cable" {
		return 20 * time.Millisecond
	}
	return 250 * time.Millisecond
}

// print writes [net].
func (n Net) print(b *bytes.Buffer) {
	if n.Broker == "" {
		return
	}
	p := &Printer{b: b}
	fmt.Fprint(b, "\n[net]\n")
	p.Text("broker", n.Broker)
	if n.Broker == "embedded" {
		p.Text("listen", n.Listen)
	}
	p.Text("class", n.Class)
	if n.Board != "" {
		p.Text("board", n.Board)
	}
	p.Text("link", n.Link)
	p.Time("batch", n.Batch)
	for _, f := range []struct{ key, name string }{{"login", n.Login}, {"ca", n.CA}, {"cert", n.Cert}, {"key", n.Key}} {
		if f.name != "" {
			p.Text(f.key, f.name)
		}
	}
	p.Yes("home_assistant", n.HomeAssistant)
}

// Remote is the implied spike input of a neuron of another board: "mara/n1" in the key from of a synapse.
type Remote struct {
	Board, Neuron string // "mara"; "n1", or "n1.3" of a population
}

// remote returns the neuron of another board that a name in from means, false for another name.
func remote(name string) (r Remote, ok bool) {
	r.Board, r.Neuron, ok = strings.Cut(name, "/")
	return r, ok
}

// valid reports whether the names can exist.
func (r Remote) valid() bool {
	table, member, one := strings.Cut(r.Neuron, ".")
	k, err := strconv.Atoi(member)
	return ValidName(r.Board) && ValidName(table) && (!one || err == nil && k >= 1 && strconv.Itoa(k) == member)
}

// Print implements Part: a Remote has no table.
func (Remote) Print(*Printer) {}

// Claims implements Part: there are none.
func (Remote) Claims() []Claim { return nil }

// Range implements InputPart: spikes are no current.
func (Remote) Range() (low, high float64) { return 0, 0 }

// FromOutside implements SpikeInput.
func (Remote) FromOutside() bool { return true }

// String returns "n1 of the board mara".
func (r Remote) String() string { return r.Neuron + " of the board " + r.Board }

// remotes adds an input for each neuron of another board.
func (d *decoder) remotes(c *Config) {
	for _, s := range c.Synapses {
		for _, name := range s.From {
			r, ok := remote(name)
			known := slices.ContainsFunc(c.Inputs, func(in Input) bool { return in.Name == name })
			if ok && !known && r.valid() {
				c.Inputs = append(c.Inputs, Input{Name: name, Driver: "net", Part: r})
				path := dotted("input", name)
				d.parts[path] = &Table{decoder: d, name: name, path: path, node: newTable(name, d.of("synapse", s.Name).node.at)}
			}
		}
	}
}

// checkRemote checks the name of a neuron of another board in from.
func (t *Table) checkRemote(r Remote, name string) {
	own := t.parts["net"]
	board := ""
	if own != nil && own.node.index["board"] != nil {
		board = own.node.index["board"].text
	}
	switch {
	case !r.valid():
		t.wrongItem("from", t.item("from", name), Problem{Rule: `must be a neuron of another board such as "mara/n1"`, Hint: "a board's name has at most 32 letters, digits, _ and -"})
	case board == r.Board:
		hint := fmt.Sprintf("%s is this board: write %q", r.Board, r.Neuron)
		if slices.Contains(tablesOf(t.node.index["to"].names()), TableOf(r.Neuron)) { // that would be a synapse of a neuron to itself
			hint = fmt.Sprintf("%s is this board: name another one, with --set %s.from=BOARD/%s", r.Board, t.path, r.Neuron)
		}
		t.wrongItem("from", t.item("from", name), Problem{Rule: "must be a neuron of another board", Hint: hint})
	}
}

// checkNet checks the rules of synapses from other boards.
func (d *decoder) checkNet(c *Config) {
	for _, s := range c.Synapses {
		t := d.of("synapse", s.Name)
		i := slices.IndexFunc(s.From, func(name string) bool { _, ok := remote(name); return ok })
		if i < 0 || t.IsBad("from") {
			continue
		}
		name := s.From[i]
		switch loop := d.parts["loop"]; {
		case loop.IsBad("speed"):
		case c.Loop.Speed != 1 && loop.Has("speed"):
			loop.Wrong("speed", Problem{Rule: "must be 1 with a synapse from another board", Hint: t.path + " is from " + name + ", and all boards run in real time"})
		case c.Loop.Speed != 1:
			t.wrongItem("from", t.item("from", name), Problem{Rule: "must be of this board at a speed of " + formatFloat(c.Loop.Speed), Hint: "add speed = 1 to [loop]: all boards run in real time"})
		case c.Net.Broker == "":
			t.warnItem("from", t.item("from", name), Problem{Rule: "has no spikes without [net]", Hint: "add [net], or start the run with --class"})
		case s.Delay <= c.Net.Batch && !t.IsBad("delay") && !d.parts["net"].IsBad("batch"):
			t.Warn("delay", Problem{Rule: "is not longer than a batch (" + FormatTime(c.Net.Batch) + ")", Hint: "spikes come too late: use a longer delay, or a shorter batch in [net]"})
		}
	}
}

// Remotes returns the number of inputs that are neurons of other boards.
func (c *Config) Remotes() (n int) {
	for _, in := range c.Inputs {
		if _, ok := in.Part.(Remote); ok {
			n++
		}
	}
	return n
}
