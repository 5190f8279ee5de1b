package part

import "testing"

func TestSilentChipNamesItsWires(t *testing.T) {
	t.Parallel()
	for port, want := range map[string]string{
		"SPI0.0": "CE0, pin 24, MISO, pin 21", "SPI0.1": "CE1, pin 26, MISO, pin 21", "SPI1.2": "CE2, pin 36, MISO, pin 35", "SPI6.0": "CE0, MISO",
	} {
		if got := (MCP3xxx{Port: port}).silent(); got != want {
			t.Errorf("%s: got %s, want %s", port, got, want)
		}
	}
}
