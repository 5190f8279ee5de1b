package web

import (
	"bytes"
	"math"
	"os"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"
)

// collectGo passes the figures of the Go runtime, named as in Prometheus' client library for Go.
func collectGo(counter, gauge sample) {
	gauge(&desc{"go_info", "Information about the Go environment.", []string{"version"}}, 1, runtime.Version())
	gauge(&desc{"go_goroutines", "Number of goroutines that currently exist.", nil}, float64(runtime.NumGoroutine()))
	threads, _ := runtime.ThreadCreateProfile(nil)
	gauge(&desc{"go_threads", "Number of OS threads created.", nil}, float64(threads))
	underscores := strings.NewReplacer("/", "_", ":", "_", "-", "_")
	for _, m := range metrics.All() {
		if m.Kind != metrics.KindUint64 || !strings.HasPrefix(m.Name, "/gc/") && m.Name != "/sched/gomaxprocs:threads" {
			continue
		}
		value := []metrics.Sample{{Name: m.Name}}
		metrics.Read(value)
		add, d := gauge, &desc{"go" + underscores.Replace(m.Name), m.Description + " Sourced from " + m.Name + ".", nil}
		if m.Cumulative {
			add = counter
			d.name += "_total"
		}
		add(d, float64(value[0].Value.Uint64()))
	}
}

// userHertz is the number of clock ticks per second in /proc, the same on every Linux (proc_pid_stat(5), sysconf(3)).
const userHertz = 100

// collectProcess passes the figures of Linux about this process, named as in Prometheus' client library. Other systems have none.
func collectProcess(counter, gauge sample) {
	read := func(name string) []byte {
		text, _ := os.ReadFile("/proc/" + name)
		return text
	}
	stat := read("self/stat")
	_, stat, found := bytes.Cut(stat[max(0, bytes.LastIndexByte(stat, ')')):], []byte(") ")) // the program's name may have spaces
	f := bytes.Fields(stat)                                                                  // from field 3 on, the state
	if !found || len(f) < 22 {
		return
	}
	counter(&desc{"process_cpu_seconds_total", "Total user and system CPU time spent in seconds.", nil}, (figure(f[11])+figure(f[12]))/userHertz)
	gauge(&desc{"process_start_time_seconds", "Start time of the process since unix epoch in seconds.", nil},
		figure(word(read("stat"), "\nbtime "))+figure(f[19])/userHertz)
	gauge(&desc{"process_virtual_memory_bytes", "Virtual memory size in bytes.", nil}, figure(f[20]))
	gauge(&desc{"process_resident_memory_bytes", "Resident memory size in bytes.", nil}, figure(f[21])*float64(os.Getpagesize()))
	limits := read("self/limits")
	gauge(&desc{"process_virtual_memory_max_bytes", "Maximum amount of virtual memory available in bytes.", nil}, figure(word(limits, "\nMax address space ")))
	gauge(&desc{"process_max_fds", "Maximum number of open file descriptors.", nil}, figure(word(limits, "\nMax open files ")))
	if open, err := os.ReadDir("/proc/self/fd"); err == nil {
		gauge(&desc{"process_open_fds", "Number of open file descriptors.", nil}, float64(len(open)))
	}
}

// word returns the first word behind a beginning of a line.
func word(text []byte, start string) []byte {
	_, rest, _ := bytes.Cut(text, []byte(start))
	f := bytes.Fields(rest[:min(len(rest), 80)])
	if len(f) == 0 {
		return nil
	}
	return f[0]
}

// figure returns a number of /proc. "unlimited" is the largest number, as in Prometheus' client library.
func figure(b []byte) float64 {
	if string(b) == "unlimited" {
		return math.MaxUint64
	}
	v, err := strconv.ParseFloat(string(b), 64)
	if err != nil {
		return math.NaN()
	}
	return v
}
