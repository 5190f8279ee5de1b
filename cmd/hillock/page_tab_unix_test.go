//go:build unix

package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// deadline is long enough for a busy machine: no test is about speed.
const deadline = time.Minute

// remote is a host name of this machine in Chromium, without the trust of loopback.
const remote = "pi.example"

// chromium starts a browser for the test: HILLOCK_CHROMIUM, or one on the PATH. HILLOCK_CHROMIUM=off skips the test.
func chromium(t *testing.T) context.Context {
	t.Helper()
	named := os.Getenv("HILLOCK_CHROMIUM")
	if named == "off" {
		t.Skip("SKIPPED: the page in Chromium: HILLOCK_CHROMIUM=off")
	}
	names := []string{"chromium", "chromium-browser", "google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"}
	if named != "" {
		names = []string{named}
	}
	path := ""
	for _, name := range names {
		if p, err := exec.LookPath(name); err == nil && path == "" {
			path = p
		}
	}
	if path == "" && named == "" {
		t.Skip("SKIPPED: the page in Chromium: no Chromium found (apt-get install chromium)")
	}
	// As root chromedp runs it without its sandbox.
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(cmp.Or(path, named)),
		chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("host-resolver-rules", "MAP "+remote+" 127.0.0.1"))
	ctx, ended := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(ended)
	ctx, _ = chromedp.NewContext(ctx)
	switch err := chromedp.Do(ctx); {
	case err != nil && named == "": // such as Ubuntu's, confined in a snap
		t.Skip("SKIPPED: the page in Chromium: it does not start:", err)
	case err != nil:
		t.Fatal(err)
	}
	return ctx
}

// pageOf starts the program and returns the address of its page. The program must exit with status 0 after the test.
func pageOf(t *testing.T, args ...string) (page string) {
	t.Helper()
	cmd := program(t, append([]string{"run", "--hw", "sim", "--plain"}, args...)...)
	errOut, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) } // when the test ends
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(errOut)
	first, err := lines.ReadString('\n')
	page, ok := strings.CutPrefix(strings.TrimSpace(first), "open ")
	if !ok {
		t.Fatalf("got %q and %v, want the address first", first, err)
	}
	t.Cleanup(func() {
		rest, _ := io.ReadAll(lines)
		if cmd.Wait(); cmd.ProcessState.ExitCode() != 0 {
			t.Errorf("got %v and\n%s\nwant exit status 0", cmd.ProcessState, rest)
		}
	})
	return page
}

// tab is a page in the browser.
type tab struct {
	ctx       context.Context
	host      string // of the server
	downloads string

	mu    sync.Mutex
	amiss []string
}

// open opens a page in a tab.
func open(t *testing.T, ctx context.Context, address string) *tab {
	t.Helper()
	return openOn(t, ctx, address, "schematic")
}

// openOn opens a tab with a drawing of the board: breadboard or schematic.
func openOn(t *testing.T, ctx context.Context, address, board string) *tab {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	p := &tab{host: u.Host, downloads: t.TempDir()}
	var stop context.CancelFunc
	p.ctx, stop = chromedp.NewContext(ctx, chromedp.WithListener(p.listen))
	t.Cleanup(stop)
	if err := chromedp.Do(p.ctx); err != nil { // opens the tab until the end of its context
		t.Fatal(err)
	}
	chosen := page.AddScriptToEvaluateOnNewDocumentParams{Source: fmt.Sprintf("localStorage.setItem('hillock.board', %q)", board)}
	if _, err := chromedp.Call(p.ctx, page.AddScriptToEvaluateOnNewDocument, chosen); err != nil {
		t.Fatal(err)
	}
	p.do(t, chromedp.EmulateViewport(1280, 800), chromedp.Navigate(address))
	events := true
	_, err = chromedp.CallBrowser(p.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllowAndName, DownloadPath: p.downloads, EventsEnabled: &events,
		BrowserContextID: chromedp.FromContext(p.ctx).BrowserContextID})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// listen keeps errors and warnings of the browser, and the page's requests to other hosts.
func (p *tab) listen(event any) {
	note := func(format string, a ...any) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.amiss = append(p.amiss, fmt.Sprintf(format, a...))
	}
	asked := func(where string) {
		u, err := url.Parse(where)
		if err != nil || u.Host != p.host && u.Scheme != "data" && u.Scheme != "blob" {
			note("a request to %s", where)
		}
	}
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		switch e.Type {
		case runtime.ConsoleAPICalledTypeError, runtime.ConsoleAPICalledTypeWarning, runtime.ConsoleAPICalledTypeAssert:
			for _, a := range e.Args {
				note("%s in the console: %s%s", e.Type, a.Description, a.Value)
			}
		}
	case *runtime.EventExceptionThrown:
		note("%s in %s:%d: %s", e.ExceptionDetails.Text, e.ExceptionDetails.URL, e.ExceptionDetails.LineNumber+1, e.ExceptionDetails.Exception.Description)
	case *log.EventEntryAdded: // refused by the Content-Security-Policy, or not loaded
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			note("%s of %s: %s %s", e.Entry.Level, e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		asked(e.Request.URL)
	case *network.EventWebSocketCreated:
		asked(e.URL)
	}
}

// well fails with the errors and requests since its last call.
func (p *tab) well(t *testing.T) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.amiss) > 0 {
		t.Errorf("got, want nothing amiss:\n%s", strings.Join(p.amiss, "\n"))
	}
	p.amiss = nil
}

func (p *tab) do(t *testing.T, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, deadline)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// words are functions for the expressions of the tests. chromedp's Poll makes functions from texts, and the page forbids that.
const words = `
const $ = (selector) => document.querySelector(selector), text = (selector) => $(selector)?.textContent ?? '';
const number = (selector) => parseFloat(text(selector).replace('−', '-'));
const seen = (element) => Boolean(element && element.checkVisibility({ visibilityProperty: true }) && element.textContent.trim());
const next = () => new Promise((done) => setTimeout(done, 20));
const drawnOn = (canvas) => { // part of the pixels in another colour than the most of the first row
  const { width, height } = $(canvas), { data } = $(canvas).getContext('2d').getImageData(width / 2, 0, width / 2, height), colors = new Map();
  for (let k = 0; k < data.length; k += 4) colors.set(data[k] << 16 | data[k + 1] << 8 | data[k + 2], (colors.get(data[k] << 16 | data[k + 1] << 8 | data[k + 2]) ?? 0) + 1);
  return [...colors.values()].sort((a, b) => b - a).slice(2).reduce((a, b) => a + b, 0) / (data.length / 4);
};
`

// eval returns the value of an expression in the page.
func eval[T any](t *testing.T, p *tab, expression string) T {
	t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, deadline)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T]("(async () => {"+words+"return "+expression+"; })()", chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// until waits until a condition holds in the page.
func (p *tab) until(t *testing.T, condition string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, deadline)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.Evaluate[chromedp.Void](
		"(async () => {"+words+"while (!("+condition+")) await next(); })()", chromedp.EvalAwaitPromise))
	if err != nil {
		p.shot(t, "failed")
		p.well(t)
		t.Fatalf("waiting for %s: %v; the page shows\n%s", condition, err, eval[string](t, p, "document.body.innerText"))
	}
}

// text returns the text of the element with an id.
func (p *tab) text(t *testing.T, id string) string {
	t.Helper()
	return eval[string](t, p, fmt.Sprintf("text(%q)", "#"+id))
}

// spot is a place in the window, px.
type spot struct{ X, Y float64 }

// part scrolls an element into view and returns a place on it, in parts of its width and height. The mouse must reach the place.
func (p *tab) part(t *testing.T, selector string, x, y float64) spot {
	t.Helper()
	type place struct {
		spot
		Over string
	}
	got := eval[place](t, p, fmt.Sprintf(`((e) => {
	  e.scrollIntoView({ block: 'center' });
	  const b = e.getBoundingClientRect(), X = b.left + %g * b.width, Y = b.top + %g * b.height, top = document.elementFromPoint(X, Y);
	  return { X, Y, Over: top && (e.contains(top) || top.contains(e)) ? '' : top ? top.outerHTML.slice(0, 200) : 'nothing' };
	})($(%q))`, x, y, selector))
	if got.Over != "" {
		t.Fatalf("%s: the mouse reaches %s", selector, got.Over)
	}
	return got.spot
}

func (p *tab) click(t *testing.T, selector string) {
	t.Helper()
	to := p.part(t, selector, 0.5, 0.5)
	p.do(t, chromedp.MouseEvent(chromedp.MouseMoved, to.X, to.Y), chromedp.MouseClickXY(to.X, to.Y))
}

// drag presses at the first place and releases at the last one.
func (p *tab) drag(t *testing.T, way ...spot) {
	t.Helper()
	first, last := way[0], way[len(way)-1]
	p.do(t, chromedp.MouseEvent(chromedp.MouseMoved, first.X, first.Y),
		chromedp.MouseEvent(chromedp.MousePressed, first.X, first.Y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
	for _, to := range way[1:] {
		p.do(t, chromedp.MouseEvent(chromedp.MouseMoved, to.X, to.Y, chromedp.ButtonLeft))
	}
	p.do(t, chromedp.MouseEvent(chromedp.MouseReleased, last.X, last.Y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
}

func (p *tab) press(t *testing.T, keys ...string) {
	t.Helper()
	for _, k := range keys {
		p.do(t, chromedp.KeyEvent(k))
	}
}

// download presses a button and returns the downloaded file.
func (p *tab) download(t *testing.T, button string) (name string, content []byte) {
	t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, deadline)
	defer cancel()
	begun, progress := chromedp.BrowserEvents(ctx, browser.DownloadWillBegin), chromedp.BrowserEvents(ctx, browser.DownloadProgress)
	p.click(t, button)
	guid := ""
	for e, err := range begun {
		if err != nil {
			t.Fatalf("%s: %v", button, err)
		}
		name, guid = e.SuggestedFilename, e.GUID
		break
	}
	for e, err := range progress {
		if err != nil {
			t.Fatalf("%s: %s: %v", button, name, err)
		}
		if e.GUID == guid && e.State != browser.DownloadProgressStateInProgress {
			break
		}
	}
	content, err := os.ReadFile(filepath.Join(p.downloads, guid))
	if err != nil {
		t.Fatalf("%s: %s: %v", button, name, err)
	}
	return name, content
}

// table returns the rows of a CSV file after its header, and checks the header.
func (p *tab) table(t *testing.T, button, name string, header ...string) [][]string {
	t.Helper()
	got, content := p.download(t, button)
	rows, err := csv.NewReader(strings.NewReader(string(content))).ReadAll()
	if err != nil || got != name || strings.Join(rows[0], ",") != strings.Join(header, ",") {
		t.Fatalf("%s: got %s with %v and %v, want %s with %v", button, got, rows[:min(1, len(rows))], err, name, header)
	}
	return rows[1:]
}

// shot saves a picture of the whole page in the folder HILLOCK_SHOTS.
func (p *tab) shot(t *testing.T, name string) {
	t.Helper()
	dir := os.Getenv("HILLOCK_SHOTS")
	if dir == "" {
		return
	}
	picture, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644)
	}
	if err != nil {
		t.Error(err)
	}
}
