package serve

import (
	"net"
	"slices"
	"strings"
	"testing"
)

func TestURLs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		ip   net.IP
		port int
		want []string
	}{
		{net.IPv4(127, 0, 0, 1), 8080, []string{"http://127.0.0.1:8080"}},
		{net.ParseIP("192.168.1.5"), 80, []string{"http://192.168.1.5:80"}},
		{net.ParseIP("fd00::5"), 80, []string{"http://[fd00::5]:80"}},
	} {
		if got := urlsOf(&net.TCPAddr{IP: tt.ip, Port: tt.port}); !slices.Equal(got, tt.want) {
			t.Errorf("%v port %d: got %q, want %q", tt.ip, tt.port, got, tt.want)
		}
	}
	for _, url := range urlsOf(&net.TCPAddr{IP: net.IPv4zero, Port: 8080}) {
		if !strings.HasPrefix(url, "http://") || !strings.HasSuffix(url, ":8080") || strings.Contains(url, "0.0.0.0") {
			t.Errorf("got %q for every address of this machine, want one of them", url)
		}
	}
}

func TestAddressInUse(t *testing.T) {
	t.Parallel()
	l, urls, here, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	addr := strings.TrimPrefix(urls[0], "http://")
	_, _, _, err = Listen(addr)
	if err == nil || !strings.HasPrefix(err.Error(), "--web: listen tcp "+addr+": ") || !strings.HasSuffix(err.Error(), ": choose another address with --web=ADDRESS") || !here {
		t.Errorf("got %v, want the address and the way out", err)
	}
}
