package wiring

// Pinout is the pins of an ADC by the name of its driver, "mcp3008", from pin 1; nil for another part.
func Pinout(driver string) []string { return chips()[driver] }
