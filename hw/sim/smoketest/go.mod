module hillock/hw/sim/smoketest

go 1.26.7

require (
	hillock v0.0.0
	periph.io/x/cmd v0.0.0-20250505013507-e26d4877ae65
	periph.io/x/conn/v3 v3.7.3
)

require (
	golang.org/x/sys v0.50.0 // indirect
	periph.io/x/host/v3 v3.8.5 // indirect
)

replace hillock => ../../..
