package brian2

import (
	"fmt"
	"slices"
	"strings"

	"hillock/neuron"
)

// A group has the neurons of one equation, with the same synaptic currents.
type group struct {
	equation
	name   string // in the script
	states []state
	played bool  // the current changes
	tables []int // indices of the neuron tables
	first  []int // by table: number of its first neuron in the group
	n      int
}

// A state is a synaptic current. Synapses of one kind and time constant onto one neuron share it.
type state struct {
	kind neuron.SynapseKind
	tau  float64 // ms
}

// groups puts together the neurons that differ in their parameters only.
func (s *Script) groups() []*group {
	var all []*group
	for table, n := range s.Config.Neurons {
		e, _ := equationOf(n.Params) // New has checked it
		states, played := s.states(table), len(s.Currents[table]) > 1
		i := slices.IndexFunc(all, func(g *group) bool {
			return g.model == e.model && slices.Equal(g.states, states) && g.played == played
		})
		if i < 0 {
			name, same := e.model, 1
			for _, g := range all {
				if g.model == e.model {
					same++
					name = fmt.Sprint(e.model, same)
				}
			}
			i = len(all)
			all = append(all, &group{equation: e, name: name, states: states, played: played})
		}
		g := all[i]
		g.tables, g.first = append(g.tables, table), append(g.first, g.n)
		g.n += n.Count
	}
	return all
}

// states returns the synaptic currents of a neuron table, in the order of their first synapses.
func (s *Script) states(table int) (all []state) {
	first, n := s.Number(s.Config.Neurons[table].Name)
	end := int32(first + n)
	for _, syn := range s.Synapses {
		at := state{syn.Kind, syn.Tau}
		if !syn.Kind.HasTau() || slices.Contains(all, at) {
			continue
		}
		if slices.ContainsFunc(syn.Targets, func(targets []int32) bool {
			return slices.ContainsFunc(targets, func(to int32) bool { return to >= int32(first) && to < end })
		}) {
			all = append(all, at)
		}
	}
	return all
}

// current returns the sum of the currents.
func (g *group) current() string {
	sum := ""
	for i, st := range g.states {
		term := "s%d"
		switch {
		case g.exact && st.kind == neuron.Alpha:
			term = "(f%d*s%[1]d + h%[1]d*x%[1]d)"
		case g.exact:
			term = "f%d*s%[1]d"
		}
		sum += " + " + fmt.Sprintf(term, i+1)
	}
	sum = strings.TrimPrefix(sum, " + ")
	switch {
	case len(g.states) > 1:
		sum = " + (" + sum + ")"
	case sum != "":
		sum = " + " + sum
	}
	return "I" + sum
}

// with puts the sum of the currents and the name of the group into a text.
func (g *group) with(text string) string {
	sum := g.current()
	if sum == "I" {
		text = strings.ReplaceAll(text, "("+current+")", sum)
	}
	return strings.NewReplacer(current, sum, "GROUP", g.name).Replace(text)
}

// write writes the group with its parameters.
func (g *group) write(w *writer, s *Script) {
	var who []string
	for _, t := range g.tables {
		name := s.Config.Neurons[t].Name
		if n := s.Config.Neurons[t].Count; n > 1 {
			name = fmt.Sprintf("%s.1 to %s.%d", name, name, n)
		}
		who = append(who, name)
	}
	title := s.Config.Neurons[g.tables[0]].Model().Title
	w.line("\n# %s: %s", strings.ReplaceAll(wrap(who, 2), "\n ", "\n#"), title)
	for _, about := range g.about {
		w.line("#     %s", g.with(about))
	}
	g.currents(w, s)
	w.line("%s = NeuronGroup(%d, '''", g.name, g.n)
	w.line("    v : 1  # membrane potential, mV")
	if g.played {
		w.line("    I = currents(t, row) : 1  # input current, nA")
		w.line("    row : integer (constant)  # of the current")
	} else {
		w.line("    I : 1 (constant)  # input current, nA")
	}
	for _, declared := range g.state {
		w.line("    %s", declared)
	}
	for i, st := range g.states {
		w.line("    s%d : 1  # current of %s synapses with tau %s ms, nA", i+1, st.kind, number(st.tau))
		if st.kind == neuron.Alpha {
			w.line("    x%d : 1  # its rise, nA/ms", i+1)
		}
		if g.exact {
			w.line("    f%d : 1 (constant)  # its propagator", i+1)
		}
		if g.exact && st.kind == neuron.Alpha {
			w.line("    h%d : 1 (constant)  # propagator of its rise, ms", i+1)
		}
	}
	params := g.params(s)
	for _, p := range params {
		w.line("    %s : 1 (constant)  # %s", p.Symbol, strings.TrimSuffix(p.Help+", "+p.Unit, ", "))
	}
	refractory := ""
	if g.refSteps != nil {
		w.line("    ref_steps : 1 (constant)  # refractory time t_ref, steps")
		refractory = " refractory='(ref_steps + 1)*dt',"
	}
	w.line("    ''', threshold='v >= %s', reset='%s',%s", g.peak, g.reset, refractory)
	w.line("    name='%s', namespace={%s})", g.name, wrap(g.namespace(), len(g.name)+24))
	w.line("%s.run_regularly('''", g.name)
	for _, line := range g.step {
		w.line("    %s", g.with(line))
	}
	for i, st := range g.states {
		if st.kind == neuron.Alpha {
			w.line("    s%d = s%[1]d*k%[1]d + x%[1]d*%s", i+1, map[bool]string{true: fmt.Sprintf("(k%d*dt_ms)", i+1), false: "dt_ms"}[g.exact])
			w.line("    x%d *= k%[1]d", i+1)
		} else {
			w.line("    s%d *= k%[1]d", i+1)
		}
	}
	w.line("    ''', when='groups', order=1)")
	w.line("%s_numbers = [%s]  # of all neurons", g.name, wrap(g.numbers(s), len(g.name)+12))
	g.set(w, s, params)
}

// namespace returns the constants of the equations.
func (g *group) namespace() []string {
	all := []string{"'dt_ms': dt_ms"}
	for i, st := range g.states {
		decay := "1 - dt_ms/%s"
		if g.exact {
			decay = "exact_exp(-dt_ms/%s)"
		}
		all = append(all, fmt.Sprintf("'k%d': "+decay, i+1, number(st.tau)))
	}
	if g.needsExp {
		all = append(all, "'exact_exp': exact_exp")
	}
	if g.played {
		all = append(all, fmt.Sprintf("'currents': %s_currents", g.name))
	}
	return all
}

// params returns the parameters in the equation.
func (g *group) params(s *Script) (used []neuron.Param) {
	for _, d := range s.Config.Neurons[g.tables[0]].Model().Params {
		if g.uses(d.Symbol) {
			used = append(used, d)
		}
	}
	return used
}

// numbers returns the numbers of the neurons in the network, as items of a Python list.
func (g *group) numbers(s *Script) (all []string) {
	for _, t := range g.tables {
		first, n := s.Number(s.Config.Neurons[t].Name)
		if n == 1 {
			all = append(all, fmt.Sprint(first))
		} else {
			all = append(all, fmt.Sprintf("*range(%d, %d)", first, first+n))
		}
	}
	return all
}

// set writes the values of the parameters and the state at the start.
func (g *group) set(w *writer, s *Script, params []neuron.Param) {
	each := func(name string, value func(table int) float64) {
		var all []float64
		for _, t := range g.tables {
			for range s.Config.Neurons[t].Count {
				all = append(all, value(t))
			}
		}
		w.line("%s.%s = %s", g.name, name, values(all, len(g.name)+len(name)+4))
	}
	for _, d := range params {
		each(d.Symbol, func(t int) float64 { return d.Of(g.adjust(s.Config.Neurons[t].Params)) })
	}
	if g.refSteps != nil {
		each("ref_steps", func(t int) float64 { return float64(g.refSteps(s.Config.Neurons[t].Params)) })
	}
	for _, statement := range g.after {
		w.line("%s.%s", g.name, g.with(statement))
	}
	for i, st := range g.states {
		switch {
		case g.exact && st.kind == neuron.Alpha:
			w.line("%s.f%d, %[1]s.h%[2]d = carry(%[3]s, %[1]s.tau_m[:], %[1]s.p22[:])", g.name, i+1, number(st.tau))
		case g.exact:
			w.line("%s.f%d, _ = carry(%s, %[1]s.tau_m[:], %[1]s.p22[:])", g.name, i+1, number(st.tau))
		}
	}
	if g.played {
		each("row", func(t int) float64 { return float64(slices.Index(g.tables, t)) })
	} else {
		each("I", func(t int) float64 { return s.Currents[t][0] })
	}
	var v []float64
	for _, t := range g.tables {
		start := s.VStart(t)
		if start == nil {
			start = slices.Repeat([]float64{g.start(s.Config.Neurons[t].Params)}, s.Config.Neurons[t].Count)
		}
		v = append(v, start...)
	}
	w.line("%s.v = %s", g.name, values(v, len(g.name)+5))
	if g.begin != "" {
		w.line("%s.%s", g.name, g.with(g.begin))
	}
}

// currents writes the currents that change: a column for each table, a row for each step.
func (g *group) currents(w *writer, s *Script) {
	if !g.played {
		return
	}
	w.line("%s_currents = TimedArray(np.column_stack([  # nA, by step", g.name)
	for _, t := range g.tables {
		w.line("    %s,  # %s", series(s.Currents[t], 4), s.Config.Neurons[t].Name)
	}
	w.line("]), dt=step)")
}
