//go:build linux

// Package kernelpi boots a real Linux kernel with the devices of a Raspberry Pi, as an ordinary process (User-Mode
// Linux). It has the GPIO character device with lines GPIO2 to GPIO27, over the kernel's gpio-sim, and spidev with an
// MCP3008 on /dev/spidev0.0, clocked bit by bit. hw/sim replaces periph's registries; kernelpi replaces the kernel
// below periph's system calls. Use it to test the code between the two.
//
// 'make kernel' builds the kernel and its module. The module, guest/vpi.c, is under the GPL-2.0. Only that kernel loads
// it, and no part of it is in the program.
//
// A system call in the guest takes some 26 us, and two runs differ by as much: compare times with a tolerance.
package kernelpi

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

//go:embed guest/init
var initScript []byte

// Sources of the kernel and the module.
var (
	//go:embed guest/vpi.c
	moduleSource []byte
	//go:embed guest/uml.config
	kernelConfig []byte
	//go:embed guest/chip.c
	chipSource []byte
	//go:embed guest/iio.config
	iioConfig []byte
)

// Kernel is a folder with a kernel, linux-uml, and its module, vpi.ko.
type Kernel string

// Find returns the kernel in $HILLOCK_KERNEL, or else in the folder of 'make kernel': hillock/kernel in the user's
// cache folder. The kernel must be built from this version of the sources.
func Find() (Kernel, error) {
	dir := os.Getenv("HILLOCK_KERNEL")
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(cache, "hillock", "kernel")
	}
	if err := madeFrom(dir, "kernel", source{"vpi.c", moduleSource}, source{"uml.config", kernelConfig}); err != nil {
		return "", err
	}
	if _, err := busybox(); err != nil {
		return "", err
	}
	processor, _ := os.ReadFile("/proc/cpuinfo") // without it there is no kernel either
	return Kernel(dir), fits(dir, string(processor))
}

// fits returns an error if a kernel cannot keep the registers of this processor. One without the file registers keeps 2,696 bytes; with
// AMX they take 11,008.
func fits(dir, processor string) error {
	if _, err := os.Stat(filepath.Join(dir, "registers")); err != nil && slices.Contains(strings.Fields(processor), "amx_tile") {
		return fmt.Errorf("%s: old kernel: it cannot keep the registers of this processor, which has AMX: run 'make kernel' as root (five minutes)", dir)
	}
	return nil
}

// source is a copy of a source beside the result of build.sh.
type source struct {
	name string
	want []byte
}

// madeFrom compares the sources beside a kernel or a driver with the current ones.
func madeFrom(dir, what string, sources ...source) error {
	for _, s := range sources {
		got, err := os.ReadFile(filepath.Join(dir, s.name))
		if err != nil {
			return fmt.Errorf("no %s: %w: run 'make kernel' as root (five minutes)", what, err)
		}
		if !bytes.Equal(got, s.want) {
			return fmt.Errorf("%s: old %s: its %s differs from the current one: run 'make kernel' again", dir, what, s.name)
		}
	}
	return nil
}

// IIO returns the path of the module chip.ko: it binds the kernel's own driver mcp320x to the ADC. All other
// tests run on a kernel without that driver too.
func (k Kernel) IIO() (module string, err error) {
	err = madeFrom(string(k), "driver mcp320x", source{"chip.c", chipSource}, source{"iio.config", iioConfig})
	return filepath.Join(string(k), "chip.ko"), err
}

// busybox returns the path of a static busybox: the guest has no libraries.
func busybox() (string, error) {
	path, err := exec.LookPath("busybox")
	if err != nil {
		return "", fmt.Errorf("no busybox: %w: run 'apt-get install busybox-static'", err)
	}
	return path, nil
}

// Edge is a level or a direction set by the kernel on a line.
type Edge struct {
	At   time.Duration // on the guest's monotonic clock
	Line int           // number of the GPIO: 17 for GPIO17
	High bool
}

// Result is the result of a script.
type Result struct {
	Output string // standard output and error
	Status int    // exit status of the last command
	Edges  []Edge // of all lines
}

// Levels returns the changes of level of one line.
func (r *Result) Levels(line int) (edges []Edge) {
	high := false
	for _, e := range r.Edges {
		if e.Line == line && e.High != high {
			edges, high = append(edges, e), e.High
		}
	}
	return edges
}

// Run boots a guest, runs a script in busybox's sh there, and powers the guest off. The host's files are under /host.
// The script can use these commands: knob CODE turns the knob on channel 0 (409 of 1023 at first); fault NAME VALUE
// sets spi_fail (an errno, 0 for none), spi_delay_us or dout_stuck (0 or 1, -1 for no); line N prints the level of a
// line.
//
// The guest's time is virtual: it jumps ahead while every process in the guest sleeps.
func (k Kernel) Run(ctx context.Context, script string) (*Result, error) {
	dir, err := os.MkdirTemp("", "kernelpi")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := k.prepare(dir, script); err != nil {
		return nil, err
	}
	var out, errOut bytes.Buffer
	// Use one CPU: spread over two, a system call takes five times as long. Disable rseq: with it, UML's processes
	// crash under a recent kernel.
	cmd := exec.CommandContext(ctx, "taskset", "-c", strconv.Itoa(int(booted.Add(1))%runtime.NumCPU()), filepath.Join(string(k), "linux-uml"),
		"mem=256M", "root=/dev/root", "rootfstype=hostfs", "rootflags="+filepath.Join(dir, "root"), "rw", "init=/init",
		"con=null", "con0=fd:0,fd:1", "quiet", "loglevel=3", "umid="+filepath.Base(dir), "dir="+dir, "time-travel=inf-cpu")
	cmd.Env = append(os.Environ(), "GLIBC_TUNABLES=glibc.pthread.rseq=0", "HOME="+dir)
	cmd.Stdout, cmd.Stderr = &out, &errOut
	// The processes of the guest are children of UML: kill the whole group.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	// After the end of a guest, a process of a killed program may still hold the output open.
	cmd.WaitDelay = 2 * time.Second
	runErr := cmd.Run()
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
	r := &Result{Output: strings.ReplaceAll(out.String(), "\r\n", "\n")}
	rc, err := os.ReadFile(filepath.Join(dir, "rc"))
	if err != nil {
		return nil, fmt.Errorf("the guest crashed: %w\n%s%s", errors.Join(ctx.Err(), runErr), r.Output, errOut.String())
	}
	if r.Status, err = strconv.Atoi(strings.TrimSpace(string(rc))); err != nil {
		return nil, err
	}
	scope, err := os.ReadFile(filepath.Join(dir, "scope"))
	if err != nil {
		return nil, err
	}
	r.Edges, err = edges(scope)
	return r, err
}

// booted counts the guests, to spread them over the CPUs.
var booted atomic.Int32

// prepare makes the root of the guest, and the files for init beside it.
func (k Kernel) prepare(dir, script string) error {
	box, err := busybox()
	if err != nil {
		return err
	}
	for _, d := range []string{"bin", "dev", "etc", "host", "proc", "run", "sys", "tmp"} {
		if err := os.MkdirAll(filepath.Join(dir, "root", d), 0o755); err != nil {
			return err
		}
	}
	for from, to := range map[string]string{box: "root/bin/busybox", filepath.Join(string(k), "vpi.ko"): "vpi.ko"} {
		b, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, to), b, 0o755); err != nil {
			return err
		}
	}
	return errors.Join(
		os.WriteFile(filepath.Join(dir, "root/init"), initScript, 0o755),
		os.WriteFile(filepath.Join(dir, "job.sh"), []byte(script), 0o644))
}

// edges parses the trace of the scope: time in s, line, event and two values.
func edges(scope []byte) (all []Edge, err error) {
	for lines := bufio.NewScanner(bytes.NewReader(scope)); lines.Scan(); {
		f := strings.Fields(lines.Text())
		if len(f) != 5 || f[2] != "gpio_value:" || f[3] != "set" {
			continue
		}
		at, err1 := strconv.ParseFloat(f[0], 64)
		line, err2 := strconv.Atoi(f[1])
		if err := errors.Join(err1, err2); err != nil {
			return nil, fmt.Errorf("scope: %q: %w", lines.Text(), err)
		}
		all = append(all, Edge{time.Duration(math.Round(at * 1e9)), line, f[4] == "1"})
	}
	return all, nil
}
