package session_test

import "testing"

// Each output with pulses has its pin, also one that is no LED.
func TestSummaryNamesThePinOfABuzzer(t *testing.T) {
	t.Parallel()
	b := network(t, pair, "output.click.driver=buzzer", "output.click.pin=GPIO27", "output.click.neuron=n1")
	b.Run(t, 100)
	pins := map[string]string{}
	for _, out := range b.Session.Summary().Pulsed {
		pins[out.Name] = out.Pin
	}
	if len(pins) != 2 || pins["led"] != "GPIO17" || pins["click"] != "GPIO27" {
		t.Errorf("got %v", pins)
	}
}
