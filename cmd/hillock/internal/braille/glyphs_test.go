package braille

import (
	"strings"
	"testing"
)

func TestGlyphsOfATerminal(t *testing.T) {
	const all = "⠉⣀⣿⠁⢀⠒⠅╌┆●○▁▅█░│┤└─┴←→±-55"
	for _, tt := range []struct {
		name string
		env  map[string]string
		want string
	}{
		{"UTF-8", map[string]string{"LANG": "en_GB.UTF-8", "TERM": "xterm"}, all},
		{"utf8", map[string]string{"LC_ALL": "C.utf8", "LANG": "C"}, all},
		{"nothing said", map[string]string{"TERM": "xterm"}, all},
		{"Linux console", map[string]string{"LANG": "en_GB.UTF-8", "TERM": "linux"}, "▀▄█▀▄▀█-│*o▄██░│┤└─┴←→±-55"},
		{"C", map[string]string{"LC_ALL": "C", "LANG": "en_GB.UTF-8"}, "'.|'.':-:*o.##.|++-+<>~-55"},
		{"Latin 1", map[string]string{"LC_CTYPE": "de_DE.ISO-8859-1", "LANG": "en_GB.UTF-8"}, "'.|'.':-:*o.##.|++-+<>~-55"},
		{"POSIX on the Linux console", map[string]string{"LANG": "POSIX", "TERM": "linux"}, "'.|'.':-:*o.##.|++-+<>~-55"},
	} {
		got := all
		if glyphs := Glyphs(func(name string) string { return tt.env[name] }); glyphs != nil {
			got = strings.Map(glyphs, all)
		}
		if got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}
