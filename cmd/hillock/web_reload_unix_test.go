//go:build unix

package main

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/coder/websocket"

	"hillock/cmd/hillock/internal/web"
)

// A client stays connected during a reload: it gets the new hello and the new steps. A pulled wire stays pulled, and the doctor's
// check of it ends with the run.
func TestClientOutlivesAReload(t *testing.T) {
	m := newManager(t)
	file := filepath.Join(t.TempDir(), "my.toml")
	write := func(tauM string) {
		text := "[loop]\nspeed = 1\nrealtime = \"off\"\n[input.knob]\ndriver = \"mcp3008\"\n[neuron.n1]\ninput = \"knob\"\ntau_m = \"" + tauM +
			"\"\n[output.led]\ndriver = \"pulse\"\npin = \"GPIO17\"\nneuron = \"n1\"\n"
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("10 ms")
	cmd := program(t, "run", file, "--hw", "sim", "--web=127.0.0.1:0")
	cmd.Env = append(cmd.Env, "NOTIFY_SOCKET="+m.path)
	errOut, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	log := bufio.NewReader(errOut)
	line, err := log.ReadString('\n')
	_, urls, ok := strings.Cut(line, " urls=")
	url, _, _ := strings.Cut(urls, " ")
	if !ok {
		t.Fatalf("got %q and %v, want the address first", line, err)
	}
	go io.Copy(io.Discard, log)
	conn, _, err := websocket.Dial(t.Context(), url+"/ws", &websocket.DialOptions{Subprotocols: []string{web.Protocol}})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	conn.SetReadLimit(-1)
	tauM := func() float64 { // of the next hello
		for {
			kind, b, err := conn.Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var h web.Hello
			if kind == websocket.MessageText && json.Unmarshal(b, &h) == nil && h.Type == "hello" {
				return h.Neurons[0].Params["tau_m"]
			}
		}
	}
	if got := tauM(); got != 10 {
		t.Errorf("got tau_m %g ms at first, want 10 ms", got)
	}
	m.wait(t, "READY=1$")
	if err := conn.Write(t.Context(), websocket.MessageText, []byte(`{"type":"set","neuron":"n1","key":"tau_m","value":15}`)); err != nil {
		t.Fatal(err)
	}
	if got := tauM(); got != 15 {
		t.Errorf("got tau_m %g ms after a change, want 15 ms", got)
	}
	if err := conn.Write(t.Context(), websocket.MessageText, []byte(`{"type":"fault","name":"leg to GND loose"}`)); err != nil {
		t.Fatal(err)
	}
	status := func() (st web.Status) { // of the next status
		for st.Type != "status" {
			kind, b, err := conn.Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if kind == websocket.MessageText {
				_ = json.Unmarshal(b, &st) // also a hello
			}
		}
		return st
	}
	for status().Fault != "leg to GND loose" {
	}
	write("20 ms")
	cmd.Process.Signal(syscall.SIGHUP)
	if got := tauM(); got != 20 {
		t.Errorf("got tau_m %g ms after a reload, want 20 ms", got)
	}
	if st := status(); st.Fault != "leg to GND loose" || len(st.Doctor) != 1 {
		t.Errorf("got the fault %q and %v after a reload, want the same fault and one finding", st.Fault, st.Doctor)
	}
	for kind := websocket.MessageText; kind != websocket.MessageBinary; { // the first frame of the new tap
		if kind, _, err = conn.Read(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		t.Errorf("got %v, want exit status 0", err)
	}
}
