package brian2

import (
	"bufio"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"hillock/config"
)

// writer collects the text. It keeps the first error until Flush.
type writer struct{ *bufio.Writer }

// line writes a formatted line.
func (w *writer) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

// text writes lines, without an empty line at the beginning.
func (w *writer) text(lines string) { w.WriteString(strings.TrimPrefix(lines, "\n")) }

// number returns a number as Python reads it back to the same bits.
func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

const width = 120 // of a line

// list returns a list of whole numbers in lines of at most width, all but the first indented.
func list[N int32 | int64 | int](numbers []N, indent int) string {
	texts := make([]string, len(numbers))
	for i, n := range numbers {
		texts[i] = strconv.FormatInt(int64(n), 10)
	}
	return "[" + wrap(texts, indent+1) + "]"
}

// wrap joins texts with commas in lines of at most width, all but the first indented.
func wrap(texts []string, indent int) string {
	var b strings.Builder
	at := indent
	for i, t := range texts {
		if i > 0 {
			b.WriteByte(',')
			at++
			if at+len(t)+2 > width {
				b.WriteString("\n" + strings.Repeat(" ", indent))
				at = indent
			} else {
				b.WriteByte(' ')
				at++
			}
		}
		b.WriteString(t)
		at += len(t)
	}
	return b.String()
}

// values returns numbers as Python: one number if all are equal, else a list.
func values(numbers []float64, indent int) string {
	if len(slices.Compact(slices.Clone(numbers))) == 1 {
		return number(numbers[0])
	}
	return series(numbers, indent)
}

// series returns a list of numbers as Python. Many equal neighbours are a product: [20]*80 + [10].
func series(numbers []float64, indent int) string {
	var terms, few []string
	end := func() {
		if few != nil {
			terms = append(terms, "["+wrap(few, indent+1)+"]")
		}
		few = nil
	}
	for len(numbers) > 0 {
		n := slices.IndexFunc(numbers, func(v float64) bool { return v != numbers[0] })
		if n < 0 {
			n = len(numbers)
		}
		text := number(numbers[0])
		if n > 3 {
			end()
			terms = append(terms, fmt.Sprintf("[%s]*%d", text, n))
		} else {
			few = append(few, slices.Repeat([]string{text}, n)...)
		}
		numbers = numbers[n:]
	}
	end()
	return strings.Join(terms, " + ")
}

// Command returns the command line of sim with the same spikes, quoted for a shell.
func Command(args, sets []string, duration time.Duration) string {
	words := slices.Concat([]string{"hillock", "sim"}, args)
	for _, set := range sets {
		words = append(words, "--set", set)
	}
	words = append(words, "--duration", config.FormatTime(duration), "--format", "spikes")
	for i, w := range words {
		switch plain := func(r rune) bool {
			return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("-_./=", r)
		}; {
		case strings.ContainsFunc(w, func(r rune) bool { return !unicode.IsPrint(r) || r == unicode.ReplacementChar }):
			words[i] = strconv.QuoteToASCII(w) // one line in any case
		case strings.ContainsFunc(w, func(r rune) bool { return !plain(r) }):
			words[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	return strings.Join(words, " ")
}
