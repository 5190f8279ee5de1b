//go:build linux

// Package qemupi boots an emulated Raspberry Pi: QEMU's Pi 3B, 4B or Zero with Debian's kernel and device tree. Below the
// program are the kernel's own drivers, pinctrl-bcm2835, spi-bcm2835 and i2c-bcm2835. Below these is pikit.c, a device model of
// ours for QEMU: pins with pulls and edges, an MCP3008 on SPI0, clocked bit by bit, an ADS1115 on I2C1, and a scope.
//
// 'make pi' builds QEMU and fetches the kernels. QEMU and Linux are under the GPL-2.0: the repository contains neither.
//
// Time is the guest's own: a sleeping guest costs nothing, and a loaded host makes no tick late. Times are good for order and
// counts only. An emulated Pi has no firmware, no /dev/gpiomem, no udev, no SPI DMA, no RC curves and no noise.
package qemupi

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"hillock/hw/kernelpi"
)

var (
	//go:embed guest/init
	initScript []byte
	//go:embed guest/guest.sh
	functions []byte
	//go:embed guest/pikit.c
	modelSource []byte
)

// Folder holds QEMU, the kernels and the device trees.
type Folder string

// Board is a Raspberry Pi in QEMU.
type Board struct {
	Name   string // "3b", "4b" or "zero"
	GOARCH string // of its programs; with GOARM=6 for "arm"

	machine, kernel, base string
	wires                 uint64 // physical address of pikit's registers
	more                  string // arguments of the kernel
}

// Boards returns the Pis in QEMU. There is no Pi 5.
func Boards() []Board {
	return []Board{
		{Name: "3b", GOARCH: "arm64", machine: "raspi3b", kernel: "Image", base: "base64", wires: 0x3f2f0000, more: "maxcpus=4"},
		{Name: "4b", GOARCH: "arm64", machine: "raspi4b", kernel: "Image", base: "base64", wires: 0xfe2f0000, more: "maxcpus=4"},
		{Name: "zero", GOARCH: "arm", machine: "raspi0", kernel: "zImage", base: "base6", wires: 0x202f0000, more: "initcall_blacklist=bcm2835_power_driver_init"},
	}
}

// Tree is the device tree of the guest.
type Tree string

const (
	RaspberryPiOS Tree = "-os"    // SPI and I2C on, the line names of Raspberry Pi OS
	Mainline      Tree = ""       // SPI and I2C on, the kernel's own line names, such as SPI_MISO
	NoBuses       Tree = "-plain" // SPI and I2C off
	NamedChips    Tree = "-named" // as RaspberryPiOS, but the devices on SPI0 are MCP3008s, not spidev's: a driver must be bound
)

// Guest is a Pi to boot. The zero Tree is Mainline.
type Guest struct {
	Board     Board
	Tree      Tree
	Registers bool     // root may map the registers of the pins through /dev/mem, as periph does through /dev/gpiomem on a real Pi
	Arguments string   // of the kernel, beside those of the board
	Witness   bool     // add the files of Witness
	Files     []string // programs and files of the host, in /job of the guest
}

// Find returns the folder $HILLOCK_PI, or hillock/pi in the user's cache folder. Its error says what is missing. A folder made
// from another pikit.c is an error too.
func Find() (Folder, error) {
	dir := os.Getenv("HILLOCK_PI")
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(cache, "hillock", "pi")
	}
	source, err := os.ReadFile(filepath.Join(dir, "pikit.c"))
	switch {
	case err != nil:
		return "", fmt.Errorf("no emulated Pi: %w: run 'make pi'", err)
	case !bytes.Equal(source, modelSource):
		return "", fmt.Errorf("%s: made from another pikit.c: run 'make pi'", dir)
	}
	if _, err := exec.LookPath("busybox"); err != nil {
		return "", fmt.Errorf("no busybox: %w: apt-get install busybox-static", err)
	}
	return Folder(dir), nil
}

// Witness returns the folder with the kernel's modules for an MCP3008, in modules, and libgpiod's tools, for arm64. They come from a
// mirror without older versions: the folder may be absent.
func (f Folder) Witness() (string, error) {
	dir := filepath.Join(string(f), "witness")
	if _, err := os.Stat(dir); err != nil {
		return "", fmt.Errorf("no kernel modules and no libgpiod: %w: run 'make pi'", err)
	}
	return dir, nil
}

// Run boots a guest, runs a job in it (a script of busybox's sh) and powers it off. guest/guest.sh has the functions of jobs.
// The edges of the result are those of outputs; an output turned into an input counts as low. Their time, and the time in the
// lines of mark, is the time since power-on.
func (f Folder) Run(ctx context.Context, g Guest, job string) (*kernelpi.Result, error) {
	dir, err := os.MkdirTemp("", "qemupi")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := f.prepare(dir, g, job); err != nil {
		return nil, err
	}
	var errOut bytes.Buffer
	cmd := f.qemu(ctx, dir, g)
	cmd.Stderr = &errOut
	runErr := cmd.Run()
	console, err := os.ReadFile(filepath.Join(dir, "console"))
	if err != nil {
		return nil, errors.Join(runErr, err)
	}
	output, status, ok := strings.Cut(strings.ReplaceAll(string(console), "\r", ""), "## rc=")
	if !ok {
		return nil, fmt.Errorf("emulated Pi %s: the guest died: %w\n%s%s", g.Board.Name, errors.Join(ctx.Err(), runErr), output, errOut.String())
	}
	status, _, _ = strings.Cut(status, "\n")
	r := &kernelpi.Result{Output: output}
	if r.Status, err = strconv.Atoi(status); err != nil {
		return nil, fmt.Errorf("emulated Pi %s: exit status: %w", g.Board.Name, err)
	}
	scope, err := os.Open(filepath.Join(dir, "scope"))
	if err != nil {
		return nil, err
	}
	defer scope.Close()
	if r.Edges, err = edges(scope); err != nil {
		return nil, err
	}
	r.Output = stamp(r.Output, r.Levels(markLine))
	return r, nil
}

// markLine is the GPIO of mark in guest/guest.sh.
const markLine = 16

// stamp adds the time of the n-th rising edge, in s, to the n-th line of mark.
func stamp(output string, levels []kernelpi.Edge) string {
	lines := strings.SplitAfter(output, "\n")
	for i, line := range lines {
		if !strings.HasPrefix(line, "mark ") || len(levels) == 0 {
			continue
		}
		lines[i] = fmt.Sprintf("%s %.9f\n", strings.TrimSuffix(line, "\n"), levels[0].At.Seconds())
		levels = levels[min(2, len(levels)):]
	}
	return strings.Join(lines, "")
}

func (f Folder) qemu(ctx context.Context, dir string, g Guest) *exec.Cmd {
	arguments := []string{"console=ttyAMA0,115200", "rdinit=/init", "oops=panic", "panic=-1", "loglevel=3", g.Board.more, g.Arguments}
	if g.Registers {
		arguments = append(arguments, "iomem=relaxed")
	}
	cmd := exec.CommandContext(ctx, filepath.Join(string(f), "qemu-rig"),
		"-M", g.Board.machine, "-kernel", filepath.Join(string(f), g.Board.kernel),
		"-dtb", filepath.Join(dir, "dtb"), "-initrd", filepath.Join(dir, "initrd"),
		"-append", strings.Join(arguments, " "),
		"-icount", "shift=2,sleep=off", // the guest's own time
		"-display", "none", "-monitor", "none", "-serial", "file:"+filepath.Join(dir, "console"), "-no-reboot", "-nodefaults",
		"-device", "pikit,scope="+filepath.Join(dir, "scope"), "-device", "pikit-ads1115,bus=i2c-bus.1,address=0x48")
	cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+filepath.Join(string(f), "lib"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

// prepare writes the initial file system: the one in the folder, then the job. Of two files with one path the second counts.
func (f Folder) prepare(dir string, g Guest, job string) error {
	root := filepath.Join(dir, "root")
	files := map[string][]byte{
		"init":       initScript,
		"job/job.sh": append(bytes.Clone(functions), job...),
		"job/wires":  fmt.Appendf(nil, "W=%#x\n", g.Board.wires),
	}
	if g.Tree == RaspberryPiOS || g.Tree == Mainline {
		files["job/spi"] = nil // init waits for the device node
	}
	for _, name := range g.Files {
		b, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		files["job/"+filepath.Base(name)] = b
	}
	for name, b := range files {
		name = filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, b, 0o755); err != nil {
			return err
		}
	}
	if g.Witness {
		witness, err := f.Witness()
		if err != nil {
			return err
		}
		if err := os.CopyFS(root, os.DirFS(witness)); err != nil {
			return err
		}
	}
	return errors.Join(f.tree(filepath.Join(dir, "dtb"), g), f.archive(filepath.Join(dir, "initrd"), root, g))
}

// tree writes the device tree. NamedChips takes a name of the same length: the kernel looks at the part after the comma.
func (f Folder) tree(to string, g Guest) error {
	file := g.Tree
	if file == NamedChips {
		file = RaspberryPiOS
	}
	b, err := os.ReadFile(filepath.Join(string(f), g.Board.Name+string(file)+".dtb"))
	if err != nil {
		return err
	}
	if g.Tree == NamedChips {
		b = bytes.ReplaceAll(b, []byte("rohm,dh2228fv\x00"), []byte("chips,mcp3008\x00"))
	}
	return os.WriteFile(to, b, 0o644)
}

// archive writes the base and, after it, an archive of the folder root.
func (f Folder) archive(initrd, root string, g Guest) error {
	base, err := os.ReadFile(filepath.Join(string(f), g.Board.base+".cpio.gz"))
	if err != nil {
		return err
	}
	cmd := exec.Command("sh", "-c", "find . | busybox cpio -o -H newc -R 0:0")
	cmd.Dir = root
	var errOut bytes.Buffer
	cmd.Stderr = &errOut
	job, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("busybox cpio: %w: %s", err, errOut.String())
	}
	return os.WriteFile(initrd, append(base, job...), 0o644)
}

// edges reads the scope: the time in ns, the pin, and its new state: 0, 1, z (an input) or a (another function).
func edges(scope io.Reader) (all []kernelpi.Edge, err error) {
	high := map[int]bool{}
	lines := bufio.NewScanner(scope)
	for lines.Scan() {
		var at int64
		var pin int
		var to rune
		if _, err := fmt.Sscanf(lines.Text(), "%d %d %c", &at, &pin, &to); err != nil {
			return nil, fmt.Errorf("scope: %q: %w", lines.Text(), err)
		}
		if now := to == '1'; now != high[pin] {
			high[pin] = now
			all = append(all, kernelpi.Edge{At: time.Duration(at), Line: pin, High: now})
		}
	}
	return all, lines.Err()
}
