package braille

import (
	"cmp"
	"strings"
)

// Glyphs returns a function to replace the characters a terminal does not show. It reads LC_ALL, LC_CTYPE, LANG and TERM. It
// returns nil for a terminal with UTF-8, and if no variable names a character set.
func Glyphs(getenv func(name string) string) func(rune) rune {
	locale := strings.ToLower(cmp.Or(getenv("LC_ALL"), getenv("LC_CTYPE"), getenv("LANG")))
	switch {
	case locale != "" && !strings.Contains(locale, "utf-8") && !strings.Contains(locale, "utf8"):
		return ascii
	case getenv("TERM") == "linux":
		return console
	}
	return nil
}

// console replaces characters outside the font of the Linux console.
func console(r rune) rune {
	switch {
	case isBraille(r): // by its halves with dots
		switch upper, lower := r&0x1b != 0, r&0xe4 != 0; {
		case upper && lower:
			return '█'
		case upper:
			return '▀'
		}
		return '▄'
	case r >= '▁' && r <= '▄':
		return '▄'
	case r > '▄' && r <= '█':
		return '█'
	}
	switch r {
	case '╌':
		return '-'
	case '┆':
		return '│'
	case '●':
		return '*'
	case '○':
		return 'o'
	}
	return r
}

// ascii replaces characters outside ASCII.
func ascii(r rune) rune {
	switch {
	case r < 0x80:
		return r
	case isBraille(r):
		return asciiDots(r)
	case r >= '▁' && r <= '▃':
		return '.'
	case r > '▃' && r <= '█':
		return '#'
	}
	for _, like := range [...]struct {
		ascii rune
		all   string
	}{
		{'|', "│"}, {'+', "┤└┴├┬┘┌┐┼"}, {'-', "─╌−–"}, {':', "┆"}, {'.', "░"}, {'"', "▀"}, {'*', "●"}, {'o', "○"},
		{'<', "←"}, {'>', "→"}, {'^', "↑"}, {'v', "↓"}, {'~', "±"}, {'u', "µμ"},
	} {
		if strings.ContainsRune(like.all, r) {
			return like.ascii
		}
	}
	return '?'
}

func isBraille(r rune) bool { return r > 0x2800 && r <= 0x28ff }

// asciiDots replaces a cell of braille, by its rows with dots.
func asciiDots(r rune) rune {
	rows := 0
	for row, dots := range [...]rune{0x09, 0x12, 0x24, 0xc0} {
		if r&dots != 0 {
			rows |= 1 << row
		}
	}
	switch rows {
	case 0b0001, 0b0010, 0b0011:
		return '\''
	case 0b0110:
		return '-'
	case 0b0100, 0b1000, 0b1100:
		return '.'
	case 0b1001, 0b0101, 0b1010:
		return ':'
	}
	return '|'
}
