package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"hillock/cmd/hillock/internal/summary"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The environment variable attackDuration enables TestAttacks and is the duration of each attack. attackOnly selects attacks by
// name, separated by commas.
const (
	attackDuration = "HILLOCK_TEST_ATTACKS"
	attackOnly     = "HILLOCK_TEST_ATTACKS_ONLY"
)

const (
	lateTick  = 10 * time.Millisecond
	maxMemory = 120_000 // kB
	maxRatio  = 1.5     // of the lateness p99 to the control's
)

// victim is a hillock under test.
type victim struct {
	cmd     *exec.Cmd
	url     string
	summary string
}

// outcome is the result of a victim's run.
type outcome struct {
	p50, p99    float64 // lateness in us
	late, ticks float64 // ticks more than lateTick late, and all ticks
	memory      int     // kB, VmHWM
	cpu         time.Duration
	descriptors int
	goroutines  float64
}

func (o outcome) share() float64 { return 100 * o.late / o.ticks }

// eightNeurons returns a file with eight neurons.
func eightNeurons(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("[loop]\nspeed = 1\nrealtime = \"off\"\n[input.knob]\ndriver = \"mcp3008\"\n[output.led]\ndriver = \"pulse\"\npin = \"GPIO17\"\nneuron = \"n1\"\n")
	for i := range 8 {
		fmt.Fprintf(&b, "[neuron.n%d]\ninput = \"knob\"\n", i+1)
	}
	file := filepath.Join(t.TempDir(), "eight.toml")
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// startVictim starts hillock with the web server and waits until it listens.
func startVictim(t *testing.T, file string, args ...string) *victim {
	t.Helper()
	v := &victim{summary: filepath.Join(t.TempDir(), "summary.json")}
	v.cmd = program(t, append([]string{"run", file, "--hw", "sim", "--plain", "--web=127.0.0.1:0", "--summary", v.summary}, args...)...)
	errOut, err := v.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := v.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(errOut)
	for v.url == "" && lines.Scan() {
		if url, ok := strings.CutPrefix(lines.Text(), "open "); ok {
			v.url = url
		}
	}
	go func() {
		for lines.Scan() {
		}
	}()
	return v
}

// warmUp waits until the run has more steps than any view has columns.
func (v *victim) warmUp(t *testing.T) {
	t.Helper()
	for fromElsewhere(t, v.url)["hillock_steps_total"] < 20_000 {
		time.Sleep(100 * time.Millisecond)
	}
}

// stop ends a victim and returns its outcome.
func (v *victim) stop(t *testing.T) outcome {
	t.Helper()
	o := outcome{memory: v.peak(t), descriptors: v.descriptors(t)}
	m := fromElsewhere(t, v.url)
	o.ticks, o.goroutines = m["hillock_lateness_seconds_count"], m["go_goroutines"]
	o.late = o.ticks - m[fmt.Sprintf(`hillock_lateness_seconds_bucket{le="%g"}`, lateTick.Seconds())]
	v.cmd.Process.Signal(syscall.SIGINT)
	if err := v.cmd.Wait(); err != nil {
		t.Errorf("hillock under attack: got %v, want exit status 0", err)
		return o
	}
	o.cpu = v.cmd.ProcessState.UserTime() + v.cmd.ProcessState.SystemTime()
	text, err := os.ReadFile(v.summary)
	if err != nil {
		t.Fatal(err)
	}
	var s summary.Figures
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	o.p50, o.p99 = s.Late.P50, s.Late.P99
	return o
}

// peak returns the largest resident memory of the process so far, kB.
func (v *victim) peak(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", v.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kB, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return kB
}

func (v *victim) descriptors(t *testing.T) int {
	t.Helper()
	all, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", v.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// elsewhere returns a client at another address than the attackers', beyond their limits per address.
func elsewhere() *http.Client {
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}, Timeout: time.Second}
	return &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DialContext: d.DialContext, DisableKeepAlives: true}}
}

// fromElsewhere returns /metrics by name and labels.
func fromElsewhere(t *testing.T, url string) map[string]float64 {
	t.Helper()
	m := map[string]float64{}
	var r *http.Response
	for began := time.Now(); ; {
		var err error
		if r, err = elsewhere().Get(url + "/metrics"); err == nil && r.StatusCode == http.StatusOK {
			break
		}
		if err == nil {
			r.Body.Close()
		}
		if time.Since(began) > 30*time.Second {
			t.Fatalf("/metrics after an attack: got %v, want an answer within 30 s", err)
		}
	}
	defer r.Body.Close()
	for lines := bufio.NewScanner(r.Body); lines.Scan(); {
		if i := strings.LastIndexByte(lines.Text(), ' '); i > 0 {
			m[lines.Text()[:i]], _ = strconv.ParseFloat(lines.Text()[i+1:], 64)
		}
	}
	return m
}

// attacker returns the process of an attack. Its priority is low, because the two hillocks share the machine with it.
func attacker(t *testing.T, name, url string, duration time.Duration) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "nice", "-n", "19", exe, "-test.run=^TestAttacker$", "-test.v")
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %s %s", attackerEnv, name, strings.TrimPrefix(url, "http://"), duration))
	cmd.Stderr = os.Stderr
	return cmd
}

// TestAttacks attacks a running hillock in each way and compares it with a second one at rest. Effects of the machine are in both.
func TestAttacks(t *testing.T) {
	duration, err := time.ParseDuration(os.Getenv(attackDuration))
	if err != nil {
		t.Skip("SKIPPED: attacks over the network: enable with " + attackDuration + "=10s, 10 s each")
	}
	only := os.Getenv(attackOnly)
	t.Logf("%-14s %9s %9s %7s   %9s %9s %7s   %6s %8s %8s  %s", "attack", "p50 us", "p99 us", ">10 ms", "p50 us", "p99 us", ">10 ms", "p99 x", "RSS MB", "CPU s", "beside it: RSS MB, CPU s")
	for _, a := range attacks() {
		if only != "" && !slices.Contains(strings.Split(only, ","), a.name) {
			continue
		}
		t.Run(a.name, func(t *testing.T) {
			file := eightNeurons(t)
			control := startVictim(t, file)
			attacked := startVictim(t, file, a.args...)
			attacked.warmUp(t)
			cmd := attacker(t, a.name, attacked.url, duration)
			said, err := cmd.Output()
			if err != nil {
				t.Errorf("the attacker: %v\n%s", err, said)
			}
			got, idle := attacked.stop(t), control.stop(t)
			ratio := got.p99 / idle.p99
			t.Logf("%-14s %9.1f %9.1f %6.2f%%   %9.1f %9.1f %6.2f%%   %6.2f %8.1f %8.2f  %.1f, %.2f", a.name, got.p50, got.p99, got.share(),
				idle.p50, idle.p99, idle.share(), ratio, float64(got.memory)/1e3, got.cpu.Seconds(), float64(idle.memory)/1e3, idle.cpu.Seconds())
			for line := range strings.Lines(string(said)) {
				if text, ok := strings.CutPrefix(line, "attacker: "); ok {
					t.Log(strings.TrimSpace(text))
				}
			}
			if ratio > maxRatio {
				t.Errorf("lateness p99: got %.2f times the control's, want at most %g times", ratio, maxRatio)
			}
			if got.share() > idle.share() {
				t.Errorf("ticks more than %v late: got %.3f %%, want at most the control's %.3f %%", lateTick, got.share(), idle.share())
			}
			if got.memory > maxMemory {
				t.Errorf("memory: got %d kB, want at most %d kB", got.memory, maxMemory)
			}
		})
	}
}
