package config

import (
	"testing"
)

func TestEditKeepsTheRestOfTheText(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"a value is replaced", "# mine\n[input.knob]\nends = [0, 1023] # as it came\ndriver = \"mcp3008\"\n[loop]\nspeed = 1\n",
			"# mine\n[input.knob]\nends = [12, 1010] # as it came\ndriver = \"mcp3008\"\ndead_zone = 3\n[loop]\nspeed = 1\n"},
		{"new keys", "[input.knob]\ndriver = \"mcp3008\" # the chip\n\n[input.other]\nends = [1, 2]\n",
			"[input.knob]\ndriver = \"mcp3008\" # the chip\nends = [12, 1010]\ndead_zone = 3\n\n[input.other]\nends = [1, 2]\n"},
		{"an empty table at the end, without a newline", "[input.knob]", "[input.knob]\nends = [12, 1010]\ndead_zone = 3"},
		{"a list over lines", "[input.knob]\nends = [ # two\n  0,\n  1023,\n]\n", "[input.knob]\nends = [12, 1010]\ndead_zone = 3\n"},
		{"dotted keys", "input.knob.driver = \"mcp3008\"\n[loop]\nspeed = 1\n",
			"input.knob.driver = \"mcp3008\"\ninput.knob.ends = [12, 1010]\ninput.knob.dead_zone = 3\n[loop]\nspeed = 1\n"},
		{"dotted keys in a table", "[input]\nknob.driver = \"mcp3008\"\n", "[input]\nknob.driver = \"mcp3008\"\nknob.ends = [12, 1010]\nknob.dead_zone = 3\n"},
		{"Windows newlines", "[input.knob]\r\nends = [0, 1]\r\n", "[input.knob]\r\nends = [12, 1010]\r\ndead_zone = 3\r\n"},
	} {
		got, err := Edit([]byte(tt.text), "input.knob.ends", "[12, 1010]")
		if err == nil {
			got, err = Edit(got, "input.knob.dead_zone", "3")
		}
		if err != nil || string(got) != tt.want {
			t.Errorf("%s: got %v and\n%q\nwant\n%q", tt.name, err, got, tt.want)
		}
	}
	for _, text := range []string{"", "[input]\nknob = { driver = \"mcp3008\" }\n", "[loop]\nspeed = 1\n"} {
		if got, err := Edit([]byte(text), "input.knob.ends", "[12, 1010]"); err == nil ||
			err.Error() != "no table [input.knob] in the file: add ends = [12, 1010] by hand" {
			t.Errorf("%q: got %v and %s, want the advice for editing by hand", text, err, got)
		}
	}
}
