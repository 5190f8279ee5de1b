package main

import (
	"bufio"
	"context"
	"io"
	"strings"
	"testing"
)

// webRun is a run with a page, in this process.
type webRun struct {
	url   string
	stop  context.CancelFunc
	ended chan error
	rest  chan string // of its log
	out   strings.Builder
}

// startWeb starts a run and waits for the address of its page.
func startWeb(t *testing.T, f *runFlags, args ...string) *webRun {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	r := &webRun{stop: stop, ended: make(chan error, 1), rest: make(chan string, 1)}
	errRead, errWrite := io.Pipe()
	cmd := f.command()
	cmd.SetErr(errWrite)
	cmd.SetOut(&r.out)
	cmd.SetArgs(append([]string{"--hw", "sim"}, args...))
	go func() {
		r.ended <- cmd.ExecuteContext(ctx)
		errWrite.Close()
	}()
	lines := bufio.NewReader(errRead)
	before := ""
	for r.url == "" {
		line, err := lines.ReadString('\n')
		url, ok := strings.CutPrefix(strings.TrimSpace(line), "open ")
		switch {
		case ok:
			r.url = url
		case err == nil && strings.Contains(line, "class: "): // a connection can be faster than the page
			before += line
		default:
			t.Fatalf("got %q and %v, want the address first", line, err)
		}
	}
	go func() {
		rest, _ := io.ReadAll(lines)
		r.rest <- before + string(rest)
	}()
	return r
}

// end ends the run and returns its output.
func (r *webRun) end(t *testing.T) (out, errOut string) {
	t.Helper()
	r.stop()
	if err := <-r.ended; err != nil {
		t.Errorf("got %v, want nil", err)
	}
	errOut = <-r.rest
	return r.out.String(), errOut
}
