package swarm

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// Cost is the cost of a process during a run.
type Cost struct {
	Process    int     `json:"process"`
	CPUPercent float64 `json:"cpu_percent"` // of one core
	RSSMB      float64 `json:"rss_mb"`      // largest value
	Ended      bool    `json:"ended"`       // before the run: the figures are those until then
}

// meter measures the cost of a process. It reads Linux's /proc (proc(5)).
type meter struct {
	process   int
	begin     time.Time
	cpu       time.Duration // at the beginning
	newest    time.Time
	newestCPU time.Duration
	resident  float64 // bytes, largest value
	ended     bool
}

// newMeter begins a measurement.
func newMeter(process int) (*meter, error) {
	cpu, resident, err := consumed(process)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	return &meter{process: process, begin: now, cpu: cpu, newest: now, newestCPU: cpu, resident: resident}, nil
}

// sample reads the present cost.
func (m *meter) sample() {
	cpu, resident, err := consumed(m.process)
	if err != nil || m.ended {
		m.ended = true
		return
	}
	m.newest, m.newestCPU, m.resident = time.Now(), cpu, max(m.resident, resident)
}

// cost returns the cost until the newest sample.
func (m *meter) cost() *Cost {
	c := &Cost{Process: m.process, RSSMB: m.resident / 1e6, Ended: m.ended}
	if d := m.newest.Sub(m.begin); d > 0 {
		c.CPUPercent = 100 * float64(m.newestCPU-m.cpu) / float64(d)
	}
	return c
}

// consumed returns the processor time of a process so far, and its resident memory in bytes.
func consumed(process int) (cpu time.Duration, resident float64, err error) {
	folder := "/proc/" + strconv.Itoa(process)
	stat, err := os.ReadFile(folder + "/stat")
	if err != nil {
		return 0, 0, err
	}
	statm, err := os.ReadFile(folder + "/statm")
	if err != nil {
		return 0, 0, err
	}
	return parse(string(stat), string(statm), os.Getpagesize())
}

// parse reads the texts of stat and statm. A tick of the processor time is 10 ms on each Linux (getconf CLK_TCK).
func parse(stat, statm string, page int) (cpu time.Duration, resident float64, err error) {
	_, rest, _ := strings.Cut(stat[strings.LastIndex(stat, ")")+1:], " ") // a name may have blanks
	fields, sizes := strings.Fields(rest), strings.Fields(statm)
	if len(fields) < 13 || len(sizes) < 2 {
		return 0, 0, fmt.Errorf("unknown form of /proc: %q and %q", stat, statm)
	}
	const state = 3                                     // number of the first field after the name
	for _, field := range fields[14-state : 16-state] { // utime and stime
		ticks, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, 0, fmt.Errorf("unknown form of /proc: %q", stat)
		}
		cpu += time.Duration(ticks) * 10 * time.Millisecond
	}
	pages, err := strconv.ParseFloat(sizes[1], 64)
	if err != nil {
		return 0, 0, fmt.Errorf("unknown form of /proc: %q", statm)
	}
	return cpu, pages * float64(page), nil
}
