# Functions for jobs. Each job runs after this file, as root; pi runs a command as the user pi, in the groups gpio, spi and i2c.
# The registers of the wires are those of pikit.c.
. /job/wires
export PATH=/job:/bin
pi() { su pi -c "$*" < /dev/null; }
as() { user=$1; shift; su "$user" -c "$*" < /dev/null; } # as USER COMMAND: the user guest is in no group
reg() { devmem $((W + $1)) 32 $2; }
knob() { reg 0 $1; }                       # knob CODE: channel 0, 0 to 1023
wires() { reg 0x20 $1; }                   # wires BITS: 0 good; 1 DOUT open, 2 DIN open, 4 CS open, 8 CLK open, 16 DOUT at 3V3, 32 DOUT at GND
hole() { case $1 in CS) reg 0x24 $2 ;; DOUT) reg 0x28 $2 ;; DIN) reg 0x2c $2 ;; esac; } # hole WIRE N: the wire is in GPIO N
back() { reg 0x30 $1; reg 0x34 $2; }       # back TO FROM: a wire from output FROM to input TO; 255: none
capacitor() { reg 0x38 $1; reg 0x3c $2; }  # capacitor N US: on GPIO N, high US us after the discharge
drive() { reg $((0x40 + 4 * $1)) $2; }     # drive N LEVEL: GPIO N from outside: 0, 1, or 2 for not driven
pull() { devmem $((W + 0x200 + 4 * $1)); } # pull N: 0 none, 1 up, 2 down
counters() { cat /sys/kernel/debug/spi-bcm2835*/count_transfer_$1; } # counters polling, or irq: transfers of spi-bcm2835 so far
level() { devmem $((W + 0x300 + 4 * $1)); }

# The kernel's number of GPIO 0.
chip() { for c in /sys/class/gpio/gpiochip*; do case $(cat $c/label) in pinctrl-*) cat $c/base ;; esac; done; }
gpio0=$(chip)
holder() { sed -n "s/^ gpio-$((gpio0 + $1)) *(\([^)]*\)).*/\1/p" /sys/kernel/debug/gpio; } # holder N: the name of GPIO N, and its holder
# mark NAME notes the time on the scope's clock: it raises GPIO16, and prints a line for qemupi.
mark() {
	line=/sys/class/gpio/gpio$((gpio0 + 16))
	[ -e $line ] || { echo $((gpio0 + 16)) > /sys/class/gpio/export; echo low > $line/direction; }
	echo 1 > $line/value; echo 0 > $line/value
	echo "mark $1"
}
