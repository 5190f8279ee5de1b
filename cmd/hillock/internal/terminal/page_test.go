package terminal

import (
	"bytes"
	"strings"
	"testing"

	"rsc.io/qr"
)

// The page's address has a QR code in fixed colours, for phones, if it has room.
func TestFramesOfThePage(t *testing.T) {
	b, s := scopeBench(t)
	b.Run(t, 500)
	if s.typed("w"); s.picture != "" {
		t.Errorf("got the picture %q where no browser finds it", s.picture)
	}
	s.page = &Page{URLs: []string{"http://192.168.178.123:8080", "http://[fd00::1234:5678:9abc:def0]:8080"}, Token: "KNOBANDLED"}
	if head := frameOf(s, 80, 24); !strings.Contains(head, "t r f h c w  x fault") {
		t.Errorf("got\n%s\nwant the key w", head)
	}
	s.typed("w")
	golden(t, "frame-page", s, 80, 24)
	if n := strings.Count(s.View().Content, "\x1b[38;5;16;48;5;231m"); n != 17 {
		t.Errorf("got %d lines black on white, want 17", n)
	}
	golden(t, "frame-page-small", s, 60, 12)
	s.page.Warn(3, "192.168.178.66:51234")
	if text := frameOf(s, 80, 24); !strings.Contains(text, " wrong token from 192.168.178.66:51234, and 2 more in the second before\n") {
		t.Errorf("got\n%s\nwant the wrong tokens", text)
	}
	s.page = &Page{URLs: []string{"http://127.0.0.1:8080"}}
	golden(t, "frame-page-here", s, 80, 12)
	if s.typed("esc"); s.picture != "" || s.done {
		t.Error("got it still there after esc")
	}
}

func TestAnnounce(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	for _, p := range []*Page{
		{URLs: []string{"http://127.0.0.1:8080"}},
		{URLs: []string{"http://192.168.1.5:80"}, Token: "KNOBANDLED"},
		{URLs: []string{"http://[fd00::5]:80"}, Token: "as given"},
	} {
		p.Announce(&b, false)
	}
	want := "open http://127.0.0.1:8080\n" +
		"open http://192.168.1.5:80\ntoken to make changes: KNOBANDLED\n" +
		"open http://[fd00::5]:80\ntoken to make changes: as given\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

// The rows of a QR code hold each module in its place, with a margin of four.
func TestQR(t *testing.T) {
	t.Parallel()
	code, err := qr.Encode("http://192.168.1.5:8080", qr.M)
	if err != nil {
		t.Fatal(err)
	}
	lines := drawQR(code.Black, code.Size, blackOnWhite)
	for y := range 2 * len(lines) {
		line := []rune(strings.TrimSuffix(strings.TrimPrefix(lines[y/2], "\x1b[38;5;16;48;5;231m"), "\x1b[0m"))
		if len(line) != code.Size+8 {
			t.Fatalf("line %d: got %d columns, want %d", y/2, len(line), code.Size+8)
		}
		for x, r := range line {
			black := r == '█' || r == '▀' && y%2 == 0 || r == '▄' && y%2 == 1
			if want := code.Black(x-4, y-4); black != want {
				t.Fatalf("module %d, %d: got black %t, want %t", x-4, y-4, black, want)
			}
		}
	}
}
