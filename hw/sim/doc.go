// Package sim is a virtual Raspberry Pi for tests of GPIO, SPI and I2C code. It has the pins, the ports and the bus of
// the 40-pin header, and chips that answer with the bytes of the real ones. A test turns the knobs, presses the
// buttons, watches the pins and breaks the wires.
//
// Programs use it through periph.io. [Pi.Register] takes the place of host.Init: a program that takes its pins from
// gpioreg, its ports from spireg and its bus from i2creg then runs unchanged. These registries are global, so that one
// Pi can be registered at a time. [Pi.OpenPin], [Pi.OpenSPI] and [Pi.OpenI2C] need no registry: a process may have many
// virtual Pis.
//
// The package never touches hardware and never makes up a level. It refuses what it does not model with an error, or
// says so below.
//
// # Pins
//
// GPIO0 to GPIO27 begin as after power-up: inputs with the pulls of a BCM283x. [Pin.Drive] and [Pin.Release] are a
// button. [Pi.Connect] is a jumper wire from pin to pin. [Pi.Beside] returns another Pi on the same desk, and [Join] is a
// wire between two boards. [Pin.Wire] wires a [Circuit] with voltages of its own, such as an [RC]. [Pin.SetFault] is
// another program that holds the line. [Pin.Edges] has every change of level, with its time and its cause.
// [Pi.OpenEdges] returns edges with their times, as the kernel does. PWM is not modelled.
//
// # Ports
//
// SPI0.0, SPI0.1 and SPI1.0 to SPI1.2. A transfer runs clock edge by clock edge in its mode. A wrong mode, a frame
// shifted by one bit or a missing chip select therefore shows the same bytes as on the bench. Not modelled are words of
// other than 8 bits, 3-wire, the duration of the bits, and the levels of the bus's pins. SPI1 shares GPIO16 to GPIO21
// with their use as GPIO; its second chip select is GPIO17. As on a real Pi, use a pin for one thing.
//
// # I2C
//
// I2C1 has chips at addresses. A transaction runs byte by byte; an address without a chip is not acknowledged. Not
// modelled are the duration of the bits, clock stretching, and the levels of the bus's pins.
//
// # Chips
//
// On SPI, [NewMCP3xxx] (in short [NewMCP3008] and [NewMCP3004]) returns an analog-to-digital converter with a [Knob] on
// each input. Any other part with the four wires of SPI is a [Chip].
//
// On I2C, [NewADS1115] returns a 16-bit converter with knobs, and [NewSSD1306] a display with a Picture. [NewMCP4725] on I2C and
// [NewMCP49xx] on SPI are digital-to-analog converters: their Voltage is that at the probe of an oscilloscope. Any other part
// is an [I2CChip].
//
// # Beside the Pi
//
// [NewButton] puts a button with bouncing contacts on a pin. [NewLui] and [NewSpikeling] are neurons from other projects:
// their terminals take the wires of [Join]. Join refuses levels that do not fit; [Divide] is a divider behind a 5 V output.
// They change at times of their own, by the Pi's clock.
//
// # Time
//
// A Pi runs on a [Clock]: real time by default, or a clock of the test's own. In a testing/synctest bubble, New(nil)
// runs on the bubble's time: time.Sleep and a wait with a timeout then return at once, and the time of every edge is
// exact. TestBlink and TestButton in this package's example_test.go are complete tests of that kind. On a [LateClock]
// sleepers wake late.
package sim
