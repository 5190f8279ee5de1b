package web

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/serve"
)

// On loopback every client may make changes.
func TestChanges(t *testing.T) {
	inBubble(t, serve.Options{Clients: 2}, func(t *testing.T, w *world) {
		v, other := w.view(t), w.view(t)
		if !v.now().hellos[0].MayChange {
			t.Error("got a hello without may_change, want it on loopback")
		}
		for _, text := range []string{`{"type":"set","neuron":"n1","key":"v_reset","value":-80}`, `{"type":"set","key":"speed","value":0.5}`,
			`{"type":"fault","name":"MISO open"}`, `{"type":"reset"}`, `{"type":"turn","input":"knob","position":0.75}`, `{"type":"press","input":"touch"}`} {
			v.say(t, text)
		}
		want := []string{"n1.v_reset=-80", ".speed=0.5", "fault MISO open", "reset", "tap touch", "turned to 0.75"}
		if diff := cmp.Diff(want, w.touched()); diff != "" || v.now().errors != nil {
			t.Errorf("changes (-want +got), errors %q:\n%s", v.now().errors, diff)
		}
		if len(v.now().hellos) != 4 || len(other.now().hellos) != 4 {
			t.Errorf("got %d and %d hellos, want one at first and one at each of 3 changes", len(v.now().hellos), len(other.now().hellos))
		}
	})
}

// Beyond loopback all clients may watch, and changes need the token.
func TestToken(t *testing.T) {
	inBubble(t, serve.Options{Clients: 2, Token: "KNOBANDLED", Beyond: true}, func(t *testing.T, w *world) {
		v, other := w.view(t), w.view(t)
		const change, refused = `{"type":"reset"}`, "changes need the token of this run"
		began := time.Now()
		for _, text := range []string{change, `{"type":"turn","input":"knob","position":0.5}`, `{"type":"sweep","input":"knob"}`,
			`{"type":"set","key":"speed","value":1}`, `{"type":"fault","name":"none"}`, `{"type":"auth","token":"KNOBANDLEG"}`, `{"type":"auth","token":""}`} {
			v.say(t, text)
		}
		time.Sleep(3 * time.Second)
		const wrong = "wrong token"
		if diff := cmp.Diff([]string{refused, refused, refused, refused, refused, wrong, wrong}, v.now().errors); diff != "" {
			t.Errorf("errors (-want +got):\n%s", diff)
		}
		if took := time.Since(began); took < 2*serve.GuessTime {
			t.Errorf("two guesses took %v, want at least %v", took, 2*serve.GuessTime)
		}
		w.untouched(t)
		v.say(t, `{"type":"auth","token":"KNOBANDLED"}`)
		v.say(t, change)
		other.say(t, change)
		if h := v.now().hellos; h[0].MayChange || len(h) != 3 || !h[1].MayChange || !h[2].MayChange {
			t.Errorf("got %d hellos, want the second to permit changes, and one for the change", len(h))
		}
		if got := w.touched(); !cmp.Equal(got, []string{"reset"}) || !cmp.Equal(other.now().errors, []string{refused}) {
			t.Errorf("got changes %q and errors %q of the other client, want its change refused", got, other.now().errors)
		}
		if other.now().hellos[len(other.now().hellos)-1].MayChange {
			t.Error("got may_change for the other client, want it without")
		}
		for host, want := range map[string]int{"raspberrypi.local": 200, "192.168.1.5:8080": 200} {
			if got := w.ask(t, "GET /healthz HTTP/1.1\r\nHost: "+host+"\r\n\r\n"); got != want {
				t.Errorf("host %s: got %d, want %d", host, got, want)
			}
		}
	})
}

// A sweep turns the knob from end to end in 20 s and back to its position. A turn by hand ends it.
func TestSweep(t *testing.T) {
	inBubble(t, serve.Options{Clients: 1}, func(t *testing.T, w *world) {
		v := w.view(t)
		const sweep = `{"type":"sweep","input":"knob"}`
		at := func(after time.Duration, want float64) {
			t.Helper()
			time.Sleep(after)
			synctest.Wait()
			if w.Knob() != want {
				t.Errorf("got the knob at %g, want %g", w.Knob(), want)
			}
		}
		swept := func(want bool) {
			t.Helper()
			time.Sleep(time.Second)
			synctest.Wait()
			all := v.now().status
			if got := all[len(all)-1].Inputs[0].Swept; got != want {
				t.Errorf("got a status with swept %t, want %t", got, want)
			}
		}
		swept(false)
		v.say(t, sweep)
		at(0, 0)
		at(6*time.Second, 0.3)
		swept(true)
		v.say(t, sweep) // again
		at(0, 0)
		at(20*time.Second, 1)
		at(time.Second, 0.4)
		swept(false)
		at(time.Minute, 0.4)
		v.say(t, sweep)
		at(2*time.Second, 0.1)
		v.say(t, `{"type":"turn","input":"knob","position":0.7}`)
		swept(false)
		at(time.Minute, 0.7)
		v.say(t, sweep)
		at(2*time.Second, 0.1)
		w.Turn("knob", 0.6) // on the terminal
		swept(false)
		at(time.Minute, 0.6)
		if len(w.server.sweeps) != 0 || v.now().errors != nil {
			t.Errorf("got sweeps %v and errors %q, want none", w.server.sweeps, v.now().errors)
		}
	})
}

// A sweep takes longer with a neuron that settles and fires twice in more than 400 ms.
func TestHoldTime(t *testing.T) {
	for _, tt := range []struct {
		memory, refractory, speed float64
		want                      time.Duration
	}{
		{10, 0, 1, 400 * time.Millisecond},
		{10, 0, 10, 400 * time.Millisecond},
		{100, 0, 1, time.Second},
		{100, 20, 1, 1040 * time.Millisecond},
		{10, 0, 0.1, time.Second},
	} {
		h := Hello{Loop: Loop{Speed: tt.speed}, Neurons: []Neuron{{Memory: tt.memory, Refractory: tt.refractory}, {}}}
		if got := holdTime(h); got != tt.want {
			t.Errorf("%g ms, refractory for %g ms, speed %g: got %v, want %v", tt.memory, tt.refractory, tt.speed, got, tt.want)
		}
	}
}

func TestPages(t *testing.T) {
	inBubble(t, serve.Options{Clients: 1}, func(t *testing.T, w *world) {
		w.view(t)
		get := func(path string) (*http.Response, string) {
			t.Helper()
			r, err := w.http.Get("http://localhost" + path)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Body.Close()
			b, err := io.ReadAll(r.Body)
			if err != nil {
				t.Fatal(err)
			}
			return r, string(b)
		}
		for _, tt := range []struct {
			path, kind, has string
			status          int
		}{
			{"/", "text/html; charset=utf-8", "<title>hillock", 200},
			{"/healthz", "text/plain; charset=utf-8", "ok", 200},
			{"/config.toml", "text/plain; charset=utf-8", "[loop]", 200},
			{"/panels/board.js", "text/javascript; charset=utf-8", "class Board", 200},
			{"/panels/", "text/plain; charset=utf-8", "no such page", 404},
		} {
			r, text := get(tt.path)
			if r.StatusCode != tt.status || r.Header.Get("Content-Type") != tt.kind || !strings.Contains(text, tt.has) {
				t.Errorf("%s: got %d, %s, %q, want %d, %s, %q", tt.path, r.StatusCode, r.Header.Get("Content-Type"), text, tt.status, tt.kind, tt.has)
			}
			if csp := r.Header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || r.Header.Get("Set-Cookie") != "" {
				t.Errorf("%s: got CSP %q and cookie %q, want nothing inline and no cookie", tt.path, csp, r.Header.Get("Set-Cookie"))
			}
		}
		_, text := get("/metrics")
		for _, want := range []string{"hillock_steps_total 42\n", "hillock_clients 1\n", "hillock_skipped_seconds_total 1.5\n", `hillock_lateness_seconds_bucket{le="5e-06"} 2`, "hillock_lateness_seconds_sum 0.002\n", "hillock_lateness_seconds_count 40\n",
			`hillock_spikes_total{neuron="n1"} 7`, `hillock_rate_hertz{neuron="n1"} 72`, `hillock_real_time_rate_hertz{neuron="n1"} 7.2`,
			`hillock_interspike_interval_seconds{neuron="n1"} 0.0139`, `hillock_interspike_interval_cv{neuron="n1"} 0.25`, `hillock_predicted_rate_hertz{neuron="n1"} 72.5`,
			`hillock_membrane_volts{neuron="n1"} -0.06`, `hillock_current_amperes{neuron="n1"} 2e-09`, `hillock_fault{kind="input",part="knob"} 1`, `hillock_fault{kind="output",part="led"} 0`} {
			if !strings.Contains(text, want) {
				t.Errorf("/metrics: got no %q in\n%s", want, text)
			}
		}
		if without := `hillock_predicted_rate_hertz{neuron="n2"}`; strings.Contains(text, without) || !strings.Contains(text, `hillock_rate_hertz{neuron="n2"} 0`) {
			t.Errorf("/metrics: got\n%s\nwant a rate of n2, which has no prediction, and no %s", text, without)
		}
	})
}

// A browser ignores Cross-Origin-Opener-Policy from an origin that it does not trust, and reports an error in its console. It
// trusts loopback without TLS.
func TestOpenerPolicyOnTrustedOriginsOnly(t *testing.T) {
	inBubble(t, serve.Options{Clients: 1, Beyond: true}, func(t *testing.T, w *world) {
		for host, want := range map[string]string{
			"localhost": "same-origin", "localhost:8080": "same-origin", "127.0.0.1:8080": "same-origin", "127.1.2.3": "same-origin", "[::1]:8080": "same-origin",
			"raspberrypi.local:8080": "", "192.168.1.5": "", "[fd00::5]:8080": "", "localhost.example.org": "",
		} {
			r, err := w.http.Get("http://" + host + "/")
			if err != nil {
				t.Fatal(err)
			}
			r.Body.Close()
			if got := r.Header.Get("Cross-Origin-Opener-Policy"); got != want {
				t.Errorf("%s: got Cross-Origin-Opener-Policy %q, want %q", host, got, want)
			}
		}
	})
}

// Each panel is in the page's list once.
func TestPanels(t *testing.T) {
	list, err := page.ReadFile("page/panels.js")
	if err != nil {
		t.Fatal(err)
	}
	panels, err := fs.Glob(page, "page/panels/*.js")
	if err != nil || len(panels) == 0 {
		t.Fatalf("got %q and %v, want panels", panels, err)
	}
	for _, name := range panels {
		if n := bytes.Count(list, fmt.Appendf(nil, "  import('./panels/%s'),\n", path.Base(name))); n != 1 {
			t.Errorf("%s: got %d lines of page/panels.js, want 1", name, n)
		}
	}
}

// A browser loads less than 224 KiB, without the licence of uPlot.
func TestPageIsSmall(t *testing.T) {
	size := 0
	err := fs.WalkDir(page, "page", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) == ".LICENSE" {
			return err
		}
		text, err := page.ReadFile(name)
		size += len(text)
		return err
	})
	if err != nil || size >= 224<<10 {
		t.Errorf("got %d bytes and %v, want less than %d", size, err, 224<<10)
	}
}

// /healthz reports a loop at a standstill and for how long.
func TestHealth(t *testing.T) {
	inBubble(t, serve.Options{Clients: 1}, func(t *testing.T, w *world) {
		for _, tt := range []struct {
			stalled, text string
			status        int
		}{{"no tick for 3.2 s", "no tick for 3.2 s\n", 503}, {"", "ok\n", 200}} {
			w.mu.Lock()
			w.stalled = tt.stalled
			w.mu.Unlock()
			r, err := w.http.Get("http://localhost/healthz")
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(r.Body)
			r.Body.Close()
			if err != nil || r.StatusCode != tt.status || string(text) != tt.text || r.Header.Get("Content-Type") != "text/plain; charset=utf-8" {
				t.Errorf("got %d, %q, %s and %v, want %d and %q", r.StatusCode, text, r.Header.Get("Content-Type"), err, tt.status, tt.text)
			}
		}
	})
}

// The status comes four times a second. Text of a configuration stays text.
func TestStatusAndText(t *testing.T) {
	inBubble(t, serve.Options{Clients: 1}, func(t *testing.T, w *world) {
		v := w.view(t)
		time.Sleep(10*time.Second + time.Millisecond)
		synctest.Wait()
		if n := len(v.now().status); n < 40 || n > 42 {
			t.Errorf("got %d of them in 10 s, want 40", n)
		}
		if got := v.now().hellos[0].Where; got != `a <b>"virtual"</b> Pi` {
			t.Errorf("got %q", got)
		}
		w.mu.Lock()
		w.on = 1
		w.mu.Unlock()
		if len(v.now().frames) > 0 {
			t.Errorf("got %d frames of a loop that does not run, want none", len(v.now().frames))
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if len(v.now().frames) != 1 || v.now().frames[0].on != 1 || v.now().frames[0].columns != 0 {
			t.Errorf("got frames %+v, want one for the output switched on", v.now().frames)
		}
	})
}
