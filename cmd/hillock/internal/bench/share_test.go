package bench

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/session"
	"hillock/config"
	"hillock/config/played"
	"hillock/hw/board"
	"hillock/hw/part"
)

// pi3 is a Pi 3B with a name, a serial number and addresses in its files.
func pi3() Host {
	files := fstest.MapFS{}
	for name, text := range map[string]string{
		"etc/hostname":                                         "annas-pi\n",
		"etc/os-release":                                       "NAME=\"Debian GNU/Linux\"\nPRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\n",
		"etc/passwd":                                           "anna:x:1000:1000:Anna Example:/home/anna:/bin/bash\n",
		"etc/machine-id":                                       "0123456789abcdef0123456789abcdef\n",
		"proc/sys/kernel/hostname":                             "annas-pi\n",
		"proc/sys/kernel/ostype":                               "Linux\n",
		"proc/sys/kernel/osrelease":                            "6.12.25+rpt-rpi-v8\n",
		"proc/sys/kernel/version":                              "#1 SMP PREEMPT Debian 1:6.12.25-1+rpt1 (2025-04-30)\n",
		"proc/sys/kernel/arch":                                 "aarch64\n",
		"proc/version":                                         "Linux version 6.12.25 (anna@annas-pi)\n",
		"proc/cmdline":                                         "ip=192.168.1.17 smsc95xx.macaddr=B8:27:EB:12:34:56\n",
		"proc/cpuinfo":                                         "Revision\t: a02082\nSerial\t\t: 00000000fedcba98\n",
		"proc/meminfo":                                         "MemTotal:         926704 kB\nMemFree:          512340 kB\n",
		"proc/loadavg":                                         "0.31 0.12 0.05 1/142 1234\n",
		"proc/device-tree/model":                               "Raspberry Pi 3 Model B Rev 1.2\x00",
		"proc/device-tree/compatible":                          "raspberrypi,3-model-b\x00brcm,bcm2837\x00",
		"proc/device-tree/serial-number":                       "00000000fedcba98\x00",
		"proc/device-tree/system/linux,revision":               "\x00\xa0\x20\x82",
		"proc/device-tree/system/linux,serial":                 "\x00\x00\x00\x00\xfe\xdc\xba\x98",
		"sys/class/net/eth0/address":                           "b8:27:eb:12:34:56\n",
		"sys/class/thermal/thermal_zone0/type":                 "cpu-thermal\n",
		"sys/class/thermal/thermal_zone0/temp":                 "48312\n",
		"sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": "ondemand\n",
		"sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq": "600000\n",
		"sys/module/spi_bcm2835/parameters/polling_limit_us":   "30\n",
	} {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return Host{Files: files, Power: func() string { return "no under-voltage, not throttled" }}
}

// result is a measurement with missing rights.
func result() *Result {
	us := func(p50, p99, p999, most float64) session.Percentiles {
		return session.Percentiles{N: 30000, P50: p50, P99: p99, P999: p999, Max: most}
	}
	pulse := us(2.5, 5, 7.5, 9)
	return &Result{
		TickUs: 1000, DTUs: 100, DurationS: 30, TicksDue: 30000, TicksRun: 29998, SkippedMs: 2, Late: us(3.5, 61, 90, 512), Wake: us(3.5, 60, 88, 512),
		Read: us(64, 71, 90, 130), Pulse: &pulse, CPUPercent: 9.87654321, RSSMB: 15.4321, TickerDue: 30000, TickerRun: 29900,
		Realtime: []string{"SCHED_FIFO 80", "spin up to 4 us"}, missing: []string{"locked memory: operation not permitted"}, lateTicks: 3, readErrors: 1,
	}
}

func report(t *testing.T, r *Result, cfg *config.Config, hw session.Hardware, host Host) string {
	t.Helper()
	var b strings.Builder
	before := host.State()
	if err := r.Share("hillock 0.1.0 go1.26.7 linux/arm64", cfg, hw, host, before, 4).TOML(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestReportHasTheMachineAndTheFigures(t *testing.T) {
	t.Parallel()
	cfg := config.Default(part.Kinds())
	cfg.File, cfg.Loop.Speed = "/home/anna/annas-neuron.toml", 1
	want := `# A report of 'hillock bench', to send to the project. Read it first.
# It describes the machine and the measurement. It has no serial number and no address, and it
# names no computer, no user and no file.

schema = 'hillock.report.1'
hillock = 'hillock 0.1.0 go1.26.7 linux/arm64'
pi = 'real'

[machine]
model = 'Raspberry Pi 3 Model B Rev 1.2'
revision = 'a02082'
soc = 'brcm,bcm2837'
cpus = 4
memory_mb = 949

[system]
name = 'Debian GNU/Linux 13 (trixie)'
kernel = 'Linux 6.12.25+rpt-rpi-v8 #1 SMP PREEMPT Debian 1:6.12.25-1+rpt1 (2025-04-30) aarch64'
spi_polling_limit_us = 30

[before]
load = [0.31, 0.12, 0.05]
governor = 'ondemand'
cpu_mhz = 600.0
temperature_c = 48.312
power = 'no under-voltage, not throttled'

[after]
load = [0.31, 0.12, 0.05]
governor = 'ondemand'
cpu_mhz = 600.0
temperature_c = 48.312
power = 'no under-voltage, not throttled'

[loop]
tick_us = 1000.0
dt_us = 100.0
speed = 1.0
realtime = 'auto'
granted = ['SCHED_FIFO 80', 'spin up to 4 us']
missing = ['locked memory: operation not permitted']

[[input]]
driver = 'mcp3008'
port = 'SPI0.0'
clock_hz = 1250000

[measured]
duration_s = 30.0
ticks_due = 30000
ticks_run = 29998
late_ticks = 3
skipped_ms = 2.0
read_errors = 1
cpu_percent = 9.8765
rss_mb = 15.432
ticker_ticks_due = 30000
ticker_ticks_run = 29900
lateness_us = {p50 = 3.5, p99 = 61.0, p999 = 90.0, max = 512.0}
wakeup_us = {p50 = 3.5, p99 = 60.0, p999 = 88.0, max = 512.0}
read_us = {p50 = 64.0, p99 = 71.0, p999 = 90.0, max = 130.0}
pulse_us = {p50 = 2.5, p99 = 5.0, p999 = 7.5, max = 9.0}
`
	if diff := cmp.Diff(want, report(t, result(), cfg, session.Hardware{}, pi3())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestInterruptedResultHasNoReport(t *testing.T) {
	t.Parallel()
	r := result()
	r.late, r.interrupted = hdrhistogram.New(1, int64(time.Hour), 2), true
	var out, messages strings.Builder
	err := r.Show(&out, &messages, Files{Report: "-", Shared: new(Shared)})
	if err == nil || err.Error() != "no report: the measurement was interrupted" || out.Len() != 0 || !strings.Contains(messages.String(), "29998 of 30000 due") {
		t.Errorf("got %v, the report %q and\n%s\nwant the figures alone", err, out.String(), messages.String())
	}
}

func TestOnlyTheReportOfARealPiIsToBeSent(t *testing.T) {
	t.Parallel()
	for pi, want := range map[string]string{"real": ": read it, then attach it to an issue of the project\n", "virtual": ": this is the virtual Pi's report\n"} {
		r := result()
		r.late = hdrhistogram.New(1, int64(time.Hour), 2)
		file := filepath.Join(t.TempDir(), "r.toml")
		var out, messages strings.Builder
		if err := r.Show(&out, &messages, Files{Report: file, Shared: &Shared{Pi: pi}}); err != nil || messages.String() != file+" written"+want {
			t.Errorf("%s: got %v and %q, want %q", pi, err, messages.String(), want)
		}
		if text, err := os.ReadFile(file); err != nil || strings.Contains(string(text), "to send") != (pi == "real") {
			t.Errorf("%s: got %v and\n%s", pi, err, text)
		}
	}
}

// The names are those of the fake machine, of a configuration and of its parts.
func TestReportNamesNoOne(t *testing.T) {
	t.Parallel()
	file := `[input.annas-knob]
driver = "mcp3008"
[input.annas-capacitor]
driver = "rc"
pin = "GPIO4"
[neuron.anna]
input = ["annas-knob", "annas-capacitor"]
[output.annas-led]
driver = "pulse"
pin = "GPIO17"
neuron = "anna"
`
	cfg, err := config.Parse("annas-neuron.toml", []byte(file), nil, part.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	cfg.Inputs = append(cfg.Inputs, config.Input{Name: "annas-recording", Driver: "file", Part: played.Recorded{File: "/home/anna/secret.csv"}})
	got := report(t, result(), cfg, session.Hardware{Virtual: new(board.Virtual)}, pi3())
	for _, secret := range []string{"anna", "Anna", "fedcba98", "b8:27", "B8:27", "192.168", "/home", "secret", "0123456789abcdef", "GPIO17"} {
		if strings.Contains(got, secret) {
			t.Errorf("got %q in the report:\n%s", secret, got)
		}
	}
	for _, want := range []string{"pi = 'virtual'\n", "[[input]]\ndriver = 'mcp3008'\nport = 'SPI0.0'\nclock_hz = 1250000\n", "[[input]]\ndriver = 'file'\n", "[[input]]\ndriver = 'rc'\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant in it %q", got, want)
		}
	}
}

func TestReportLeavesOutWhatTheMachineDoesNotSay(t *testing.T) {
	t.Parallel()
	bare := Host{Files: fstest.MapFS{"proc/loadavg": &fstest.MapFile{Data: []byte("broken\n")}}, Power: func() string { return "" }}
	got := report(t, &Result{Realtime: []string{}}, &config.Config{}, session.Hardware{}, bare)
	if want := "[machine]\ncpus = 4\n\n[system]\n[before]\n[after]\n[loop]\n"; !strings.Contains(got, want) || strings.Contains(got, "pulse_us") {
		t.Errorf("got\n%s\nwant in it\n%s", got, want)
	}
}
