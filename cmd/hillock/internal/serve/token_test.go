package serve

import "testing"

// A given token counts on loopback too, and is not printed. Without one, loopback needs none, and a page on the network gets a
// random one. A service does not print it.
func TestTokenOfTheRun(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		given             string
		loopback, service bool
		text, shown       string // "random": 10 characters
	}{
		{"", true, false, "", ""},
		{"", true, true, "", ""},
		{"open sesame", true, false, "open sesame", "as given"},
		{"open sesame", false, false, "open sesame", "as given"},
		{"open sesame", false, true, "open sesame", "as given"},
		{"", false, false, "random", "random"},
		{"", false, true, "random", "none given: set --web-token-file or HILLOCK_WEB_TOKEN"},
	} {
		got := TokenFor(tt.given, tt.loopback, tt.service)
		text, shown := got.Text, got.Shown
		if tt.text == "random" && len(text) == 10 && text != TokenFor(tt.given, tt.loopback, tt.service).Text {
			text = "random"
		}
		if tt.shown == "random" && shown == got.Text {
			shown = "random"
		}
		if text != tt.text || shown != tt.shown {
			t.Errorf("%+v: got %q, shown as %q", tt, got.Text, got.Shown)
		}
	}
}
