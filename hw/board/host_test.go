package board

import (
	"io/fs"
	"os"
	"strings"
	"testing"
)

func TestRootIsRefusedOnAPi5Only(t *testing.T) {
	pi5, pi4 := []string{"raspberrypi,5-model-b", "brcm,bcm2712"}, []string{"raspberrypi,4-model-b", "brcm,bcm2711"}
	for _, tt := range []struct {
		compatible []string
		uid        int
		refused    bool
	}{{pi5, 0, true}, {pi5, 1000, false}, {pi4, 0, false}, {nil, 0, false}} {
		err := refuseRoot(tt.compatible, tt.uid)
		if (err != nil) != tt.refused {
			t.Errorf("%v as user %d: got %v, want refused %v", tt.compatible, tt.uid, err, tt.refused)
		}
		if err != nil && !strings.Contains(err.Error(), "run as a user of the groups gpio and spi") {
			t.Errorf("got %v, want what to do", err)
		}
	}
}

func TestStdinIsPutBack(t *testing.T) {
	before, err := os.Stdin.Stat()
	if err != nil {
		t.Skip("SKIPPED: standard input over host.Init: the test was started without one")
	}
	restore, err := keepStdin()
	if err != nil {
		t.Fatal(err)
	}
	if err := restore(); err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stdin.Stat(); err != nil || !os.SameFile(before, after) {
		t.Errorf("got %v, %v; want the same standard input", after, err)
	}
}

func TestPortTroubleSaysHowToTurnSPIOn(t *testing.T) {
	if _, err := os.Stat("/dev/spidev7.9"); err == nil {
		t.Skip("SKIPPED: a missing port: this machine has SPI7.9")
	}
	err := portTrouble("SPI7.9", fs.ErrInvalid)
	if want := "invalid argument: there is no /dev/spidev7.9: turn SPI on with 'sudo raspi-config nonint do_spi 0' and reboot, or use --hw sim for the virtual Pi"; err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestWires(t *testing.T) {
	for port, want := range map[string]string{
		"SPI0.0": "CE0, pin 24, MISO, pin 21", "SPI0.1": "CE1, pin 26, MISO, pin 21", "SPI1.2": "CE2, pin 36, MISO, pin 35", "SPI6.0": "CE0, MISO",
	} {
		if got := wires(port); got != want {
			t.Errorf("%s: got %s, want %s", port, got, want)
		}
	}
}
