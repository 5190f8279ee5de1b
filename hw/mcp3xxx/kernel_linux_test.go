package mcp3xxx

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
	"periph.io/x/conn/v3/spi/spireg"
	"periph.io/x/host/v3"

	"hillock/hw/kernelpi"
)

// TestKernelIIOReadsTheSameCodes compares this package with a driver by others for the same chips: mcp320x of the kernel.
// Both read the ADC of kernelpi's guest.
func TestKernelIIOReadsTheSameCodes(t *testing.T) {
	module, err := kernelpi.ForTest(t).IIO()
	if err != nil {
		t.Skip("SKIPPED: the chip through the kernel's own driver:", err)
	}
	r := kernelpi.RunTests(t, "hillock/hw/mcp3xxx", "^TestIIOInGuest$", "export CHIP=/host"+module)
	if passed := strings.Count(r.Output, "--- PASS: TestIIOInGuest"); r.Status != 0 || passed != 3 {
		t.Errorf("got exit status %d, %d passed tests, want 3:\n%s", r.Status, passed, r.Output)
	}
	for line := range strings.Lines(r.Output) {
		if strings.Contains(line, "are the same") {
			t.Log(strings.TrimSpace(line))
		}
	}
}

// codes are the codes that each channel has in turn: the ends of the range, each bit alone, and patterns.
var codes = []int{0, 1, 2, 3, 4, 8, 16, 32, 64, 128, 255, 256, 341, 511, 512, 513, 682, 767, 768, 1000, 1022, 1023}

func TestIIOInGuest(t *testing.T) {
	if os.Getenv(kernelpi.InGuest) == "" {
		t.Skip("SKIPPED: needs a real kernel: TestKernelIIOReadsTheSameCodes runs it")
	}
	if _, err := host.Init(); err != nil {
		t.Fatal(err)
	}
	for _, model := range []Model{MCP3008, MCP3004} {
		t.Run(model.String(), func(t *testing.T) {
			ours, theirs := readings(t, model, throughSpidev), readings(t, model, throughIIO)
			if diff := cmp.Diff(theirs, ours); diff != "" {
				t.Errorf("-mcp320x +mcp3xxx\n%s", diff)
			}
			t.Logf("%s: %d codes are the same", model, len(ours))
		})
	}
}

// reader returns the code of a channel, or of the difference to minus if minus is not negative.
type reader func(channel, minus int) (int, error)

// readings turns the knobs of all channels through the codes and reads each channel, alone and against its neighbour.
func readings(t *testing.T, model Model, open func(*testing.T, Model) (read reader, end func())) map[string]int {
	t.Helper()
	read, end := open(t, model)
	defer end()
	all := map[string]int{}
	for turn := range codes {
		var now []string
		for channel := range 8 {
			now = append(now, strconv.Itoa(codes[(turn+5*channel)%len(codes)]))
		}
		if err := os.WriteFile("/sys/module/vpi/parameters/ch", []byte(strings.Join(now, ",")), 0); err != nil {
			t.Fatal(err)
		}
		for channel := range model.Channels() {
			for _, minus := range []int{-1, channel ^ 1} {
				code, err := read(channel, minus)
				if err != nil {
					t.Fatal(err)
				}
				all[fmt.Sprintf("codes %v: CH%d, %d", now, channel, minus)] = code
				if want := codes[(turn+5*channel)%len(codes)]; minus < 0 && code != want {
					t.Errorf("CH%d: got code %d, want %d", channel, code, want)
				}
			}
		}
	}
	return all
}

func throughSpidev(t *testing.T, model Model) (reader, func()) {
	t.Helper()
	port, err := spireg.Open("SPI0.0")
	if err != nil {
		t.Fatal(err)
	}
	dev, err := NewSPI(port, &Opts{Model: model})
	if err != nil {
		t.Fatal(err)
	}
	return func(channel, minus int) (int, error) {
		pin, err := dev.Single(channel)
		if minus >= 0 {
			pin, err = dev.Differential(channel, minus)
		}
		if err != nil {
			return 0, err
		}
		s, err := pin.Read()
		return int(s.Raw), err
	}, func() { _ = port.Close() }
}

// throughIIO binds mcp320x to the chip until the end.
func throughIIO(t *testing.T, model Model) (reader, func()) {
	t.Helper()
	module, err := os.Open(os.Getenv("CHIP"))
	if err != nil {
		t.Fatal(err)
	}
	defer module.Close()
	if err := unix.FinitModule(int(module.Fd()), "name="+strings.ToLower(model.String()), 0); err != nil {
		t.Fatal(err)
	}
	end := func() {
		if err := unix.DeleteModule("chip", 0); err != nil {
			t.Error(err)
		}
	}
	const device = "/sys/bus/spi/devices/spi0.0"
	if driver, err := os.Readlink(device + "/driver"); filepath.Base(driver) != "mcp320x" {
		end()
		t.Fatalf("got the driver %q, %v; want mcp320x", driver, err)
	}
	folders, _ := filepath.Glob(device + "/iio:device*")
	if len(folders) != 1 {
		end()
		t.Fatalf("got the IIO devices %v, want one", folders)
	}
	return func(channel, minus int) (int, error) {
		name := fmt.Sprintf("in_voltage%d_raw", channel)
		if minus >= 0 {
			name = fmt.Sprintf("in_voltage%d-voltage%d_raw", channel, minus)
		}
		text, err := os.ReadFile(filepath.Join(folders[0], name))
		if err != nil {
			return 0, err
		}
		return strconv.Atoi(strings.TrimSpace(string(text)))
	}, end
}
