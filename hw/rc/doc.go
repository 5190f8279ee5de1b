// Package rc reads a potentiometer without any ADC: it times how long a capacitor charges through it, on one GPIO pin.
//
//	3V3 --- potentiometer --- Series ---+--- Discharge --- pin
//	                                    |
//	                                Capacitor
//	                                    |
//	                                   GND
//
// The potentiometer is a rheostat here: its middle leg and one outer leg, R from 0 to Knob. As an output, low, the pin
// empties the capacitor; Discharge keeps the current that then flows into it within the pin's 16 mA, and Series that
// from the supply where the knob is at 0. The pin then becomes an input without pull, and reads high when the capacitor
// has reached its threshold Vth, after
//
//	t = (R+Rs) C ln((VCC-V0)/(VCC-Vth))        V0 = VCC Rd/(Rd+Rs+R)
//
// which is the charge of a capacitor, t = -(R+Rs) C ln(1-Vth/VCC), from the V0 that Discharge leaves on it. V0 takes
// about Rd*C from every t, whatever R: so t stays a straight line in R, to 0.2 % of its way with the usual parts, and
// two times, at the ends of the knob, make a position of it.
//
// # Calibration
//
// Capacitors are sold to 10 or 20 %, and Vth is anywhere between 0.9 and 1.6 V on a Pi up to the 3 (Compute Module
// Datasheet 1.0, table 5, gives 0.8 and 1.3 V at 2.7 V) and 0.8 and 2.0 V on later ones. With the times computed from
// the nominal values the ends may be off by half; with those measured, as Opts.Ends, a position is good to 3 %.
//
// # Lateness
//
// The pin is polled with a deadline. Edges would be the natural way, but on the kernels from 6.6 on libraries miss them
// on just this circuit (https://github.com/gpiozero/gpiozero/issues/1135). A poll may come late: so a charge is timed as
// an interval, from the last read that was low to the first that was high, each with the time on its far side. One that
// is too wide, because the machine was busy, is charged anew, and of several the median counts.
//
// The package never reads the pin while it is an output, which on the kernel's character device would make an input of
// it; it never measures in the background, and never asks for a pull: the pin must be one whose pull is off, or can be
// turned off by gpio.Float. With periph's gpioioctl that is hw/bias's affair. GPIO2 and GPIO3 have one on the board.
package rc
