package web

// What a page shows of a configuration.
var (
	OnPage    = onPage
	Curve     = curve
	Described = described
)
