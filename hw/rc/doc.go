// Package rc reads a potentiometer without an ADC. It times the charge of a capacitor through the potentiometer, on one
// GPIO pin.
//
//	3V3 --- potentiometer --- Series ---+--- Discharge --- pin
//	                                    |
//	                                Capacitor
//	                                    |
//	                                   GND
//
// The potentiometer is a rheostat: its middle leg and one outer leg, with R from 0 to Knob. First the pin is a low
// output and empties the capacitor. Discharge limits the current into the pin to its 16 mA. Series limits the current
// from the supply with the knob at 0. Then the pin becomes an input without pull. It reads high when the capacitor
// reaches the threshold Vth, after
//
//	t = (R+Rs) C ln((VCC-V0)/(VCC-Vth))        V0 = VCC Rd/(Rd+Rs+R)
//
// This is the charge of a capacitor, t = -(R+Rs) C ln(1-Vth/VCC), from the voltage V0 that Discharge leaves on it. V0
// shortens every t by about Rd*C, for every R. So t stays a straight line in R, to 0.2 % of its range with the usual
// parts. The times at both ends of the knob turn any time into a position.
//
// # Calibration
//
// Capacitors have a tolerance of 10 or 20 %. Vth is between 0.9 and 1.6 V on a Pi up to the 3 (Compute Module Datasheet
// 1.0, table 5, states 0.8 and 1.3 V at 2.7 V) and between 0.8 and 2.0 V on later ones. With times from the nominal
// values, the ends may be off by half. With measured times in Opts.Ends, a position is accurate to 3 %.
//
// # Lateness
//
// The pin is polled with a deadline. Edges would be the natural way, but on kernels from 6.6 on libraries miss them on
// this very circuit (https://github.com/gpiozero/gpiozero/issues/1135). A poll may come late. A charge is therefore
// timed as an interval: from before the last low read to after the first high read. If the machine was busy and the
// interval is too wide, the charge is repeated. The result is the median of several charges.
//
// The package never reads the pin while it is an output: on the kernel's character device, a read turns an output into
// an input. It never measures in the background. It never asks for a pull: the pin must have none, or gpio.Float must
// turn it off. With periph's gpioioctl, use hw/bias for that. GPIO2 and GPIO3 have pull-ups on the board.
package rc
