package web

import (
	"cmp"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// desc describes a metric: its name, its help and the names of its labels.
type desc struct {
	name, help string
	labels     []string
}

// sample passes a value of a metric, with the values of its labels.
type sample func(d *desc, v float64, labels ...string)

// exposition is a page of metrics by name, in Prometheus' text format 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats).
type exposition map[string]*family

// family is one metric of an exposition.
type family struct {
	*desc
	kind  string
	lines strings.Builder
}

func (e exposition) counter(d *desc, v float64, labels ...string) {
	e.family("counter", d).line("", v, labels)
}

func (e exposition) gauge(d *desc, v float64, labels ...string) {
	e.family("gauge", d).line("", v, labels)
}

// bucket is the number of values up to a bound, that of smaller bounds included.
type bucket struct {
	bound  float64
	atMost uint64
}

// histogram adds a metric without labels of n values.
func (e exposition) histogram(d *desc, buckets []bucket, n uint64, sum float64) {
	f := e.family("histogram", &desc{d.name, d.help, []string{"le"}})
	for _, b := range append(buckets, bucket{math.Inf(1), n}) {
		f.line("_bucket", float64(b.atMost), []string{number(b.bound)})
	}
	f.line("_sum", sum, nil)
	f.line("_count", float64(n), nil)
}

func (e exposition) family(kind string, d *desc) *family {
	f := e[d.name]
	if f == nil {
		f = &family{desc: d, kind: kind}
		e[d.name] = f
	}
	return f
}

// line adds a value of the metric, with the values of its first labels.
func (f *family) line(suffix string, v float64, labels []string) {
	f.lines.WriteString(f.name + suffix)
	for i, l := range labels {
		f.lines.WriteString(cmp.Or(strings.Repeat(",", min(i, 1)), "{") + f.labels[i] + `="` + labelEscapes.Replace(strings.ToValidUTF8(l, "\uFFFD")) + `"`)
	}
	f.lines.WriteString(strings.Repeat("}", min(len(labels), 1)) + " " + number(v) + "\n")
}

// write writes all metrics in the order of their names.
func (e exposition) write(w io.Writer) {
	for _, name := range slices.Sorted(maps.Keys(e)) {
		f := e[name]
		io.WriteString(w, "# HELP "+name+" "+helpEscapes.Replace(f.help)+"\n# TYPE "+name+" "+f.kind+"\n"+f.lines.String())
	}
}

var (
	helpEscapes  = strings.NewReplacer(`\`, `\\`, "\n", `\n`)
	labelEscapes = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)
)

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
