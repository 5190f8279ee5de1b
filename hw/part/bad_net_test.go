package part

import (
	"strings"
	"testing"
)

// badNets returns mistakes in [net], and in synapses from other boards.
func badNets() []badCase {
	net := func(lines string) string { return "\n[net]\n" + lines }
	from := func(name string) string {
		return "\n[synapse.s]\nfrom = " + name + "\nto = \"n1\"\nkind = \"exp\"\nweight = \"8 nA\"\ntau = \"5 ms\"\n"
	}
	const broker = `net.broker: must be "find", "embedded" or an address such as "mqtt://192.168.1.5:1883", got `
	return []badCase{
		{0, net(`broker = "hub.local"`), `32:1: ` + broker + `"hub.local": write "mqtt://hub.local"`},
		{0, net(`broker = "192.168.1.5:1883"`), `32:1: ` + broker + `"192.168.1.5:1883": write "mqtt://192.168.1.5:1883"`},
		{0, net(`broker = "embeded"`), `32:1: ` + broker + `"embeded": did you mean embedded?`},
		{0, net(`broker = "http://hub:80"`), `32:1: ` + broker + `"http://hub:80": the schemes are mqtt, mqtts, ws and wss`},
		{0, net(`broker = "mqtt://9b:K7QM2RPD@hub"`),
			`32:1: ` + broker + `"mqtt://...@hub": an address has no password: put user and password into the file of the key login`},
		{0, net(`broker = "mqtt://hub:99999"`), `32:1: ` + broker + `"mqtt://hub:99999"`},
		{0, net(`broker = "mqtt://hub/topic"`), `32:1: ` + broker + `"mqtt://hub/topic"`},
		{0, net(`broker = 1883`), `32:1: ` + broker + `1883`},
		{0, net(`brocker = "find"`), `32:1: unknown key net.brocker: did you mean broker?`},
		{0, net("broker = \"embedded\"\nlisten = \"1883\""), `33:1: net.listen: must be an address such as "127.0.0.1:1883" or ":1883", got "1883"`},
		{0, net(`listen = ":1883"`), `32:1: net.listen: must be left out without broker = "embedded", got ":1883"`},
		{0, net(`class = "9 b"`), `32:1: net.class: must be 1 to 32 letters, digits, _ and -, got "9 b"`},
		{0, net(`board = "mara/n1"`), `32:1: net.board: must be 1 to 32 letters, digits, _ and -, got "mara/n1"`},
		{0, net(`link = "wire"`), `32:1: net.link: must be "wifi" or "cable", got "wire"`},
		{0, net(`batch = "1 ms"`), `32:1: net.batch: must be between 5 ms and 1 s, got "1 ms"`},
		{0, net(`ca = ""`), `32:1: net.ca: must be the name of a file, got "": leave it out`},
		{0, net(`cert = "board.pem"`), `32:1: net.cert: must be given with key, got "board.pem"`},
		{0, net(`home_assistant = "yes"`), `32:1: net.home_assistant: must be true or false, got "yes"`},
		{0, "\nnet = \"9b\"", `31:1: unknown key output.led.net: the keys of driver pulse are driver, pin, neuron, width, every, invert, ahead, to`},
		{0, "\n[net.9b]\nboard = \"mara\"", `31:6: unknown key net.9b: the keys of [net] are broker, listen, class, board, link, batch, login, ca, cert, key, home_assistant`},
		{0, net("board = \"mara\"") + from(`"mara/n1"`), `34:1: synapse.s.from: must be a neuron of another board, got "mara/n1": mara is this board: name another one, with --set synapse.s.from=BOARD/n1`},
		{0, net("board = \"mara\"") + strings.Replace(from(`"mara/n1"`), `to = "n1"`, `to = "crowd"`, 1) + "[neuron.crowd]\ncount = 3\n",
			`34:1: synapse.s.from: must be a neuron of another board, got "mara/n1": mara is this board: write "n1"`},
		{0, net("") + from(`"mara/"`),
			`34:1: synapse.s.from: must be a neuron of another board such as "mara/n1", got "mara/": a board's name has at most 32 letters, digits, _ and -`},
		{0, net("") + from(`"ma ra/n1"`),
			`34:1: synapse.s.from: must be a neuron of another board such as "mara/n1", got "ma ra/n1": a board's name has at most 32 letters, digits, _ and -`},
		{0, net("") + from(`["mara/n1", "mara/n1.0"]`),
			`34:20: synapse.s.from: must be a neuron of another board such as "mara/n1", got "mara/n1.0": a board's name has at most 32 letters, digits, _ and -`},
	}
}

func TestMistakesInNetAreReported(t *testing.T) { reported(t, badNets()) }
