// Package config reads hillock's one TOML file, its units and its rules, into a validated Config of plain values.
//
// Everything that is wrong with a file is reported at once, each with its place, key, rule and value. The package opens
// no part and knows no pin but by its name; what it hands out is complete, with no default left to anybody else.
//
// It knows no kind of part either: these come as Kinds, from hw/part. A kind names its keys and decodes them from its Table;
// the Part that comes of this prints them, and says which pins and places on buses it claims. The package holds the claims
// of all parts against each other.
package config
