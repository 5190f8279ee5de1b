# A network for Brian2, from 'hillock export brian2'. It prints the same spikes as hillock, in the same steps:
#
#     python3 THIS_FILE > brian2.csv
#     hillock sim mixed.toml --duration '100 ms' --format spikes > hillock.csv
#     diff brian2.csv hillock.csv
#
# Debian has Brian2 in the package python3-brian. With pip it is brian2.
#
# All values are numbers in mV, nA, MOhm and ms: R_m*I is in mV. Each line has the order of the operations in hillock. Brian2's
# units are V, A, Ohm and s: with them the results would be rounded differently. A step has these phases:
#
# 1. groups: v of each neuron that is not refractory; then the synaptic currents decay
# 2. after_groups: arriving spikes of delta synapses change v
# 3. thresholds: a neuron at its threshold spikes
# 4. synapses: arriving spikes of exp and alpha synapses change the currents; plastic synapses change their weights
# 5. resets: v of each neuron that spiked

import warnings

warnings.simplefilter('ignore', FutureWarning)  # of the libraries

try:
    import numpy as np
    from brian2 import (check_units, defaultclock, implementation, ms, Network, NeuronGroup, prefs, SpikeMonitor,
                        Synapses, TimedArray)
except ModuleNotFoundError as error:  # another Python, such as one of pyenv, lacks the packages of Debian
    raise SystemExit(f"{error}: 'apt-get install python3-brian', and use /usr/bin/python3") from None

prefs.codegen.target = 'numpy'                      # compiled code has another order of the operations,
prefs.codegen.loop_invariant_optimisations = False  # and so have optimised equations

dt_ms = 0.1  # integration step, ms
step = dt_ms*ms
steps = 1000  # 0.1 s
defaultclock.dt = step


@implementation('numpy', discard_units=True)
@check_units(x=1, result=1)
def exact_exp(x):
    """Return e**x with the same bits on every machine."""
    x = np.minimum(x, 709.7827128933841)
    k = np.trunc(x*1.4426950408889634 + np.copysign(0.5, x))  # the nearest multiple of ln 2
    high, low = x - k*6.93147180369123816490e-01, k*1.90821492927058770002e-10
    r = high - low
    c = (high - r) - low
    q = np.ones_like(r)
    for n in range(13, 2, -1):  # Taylor series of the rest
        q = 1 + r*q/n
    q = r*r*q/2
    return np.ldexp(1 + (r + (q + (c + c*r))), k.astype(int))


def carry(tau, tau_m, p22):
    """Return the shares of a synaptic current, and of its slope, in a step of v (Rotter and Diesmann 1999)."""
    l = dt_ms/tau - dt_ms/tau_m
    s, x, term = 0.0, 0.0, 1.0
    for k in range(40):
        s = s + term/(k + 1)
        x = x + term/(k + 2)
        term = term*(-l/(k + 1))
    scale = p22*(dt_ms/tau_m)/(1 - p22)
    return scale*s, scale*dt_ms*x


def connect(synapses, graph):
    """Connect each source to its targets: {source: [targets]}, by their numbers in the groups."""
    synapses.connect(i=np.repeat(list(graph), [len(targets) for targets in graph.values()]),
                     j=np.concatenate(list(graph.values())))

# adex: adaptive exponential integrate-and-fire
#     C dv/dt = g_L (E_L - v) + g_L Delta_T exp((v - V_T)/Delta_T) + I - w,  tau_w dw/dt = a (v - E_L) - w
#     v >= V_peak: spike, v <- V_reset, w <- w + b
adex_currents = TimedArray(np.column_stack([  # nA, by step
    [0]*100 + [4]*50 + [0]*150 + [4]*50 + [0]*150 + [4]*50 + [0]*150 + [4]*50 + [0]*150 + [4]*50 + [0]*50,  # adex
]), dt=step)
adex = NeuronGroup(1, '''
    v : 1  # membrane potential, mV
    I = currents(t, row) : 1  # input current, nA
    row : integer (constant)  # of the current
    w : 1  # adaptation current, pA
    C : 1 (constant)  # membrane capacitance, pF
    g_L : 1 (constant)  # leak conductance, nS
    E_L : 1 (constant)  # leak potential, mV
    V_T : 1 (constant)  # threshold of the exponential, mV
    Delta_T : 1 (constant)  # slope factor, mV
    V_peak : 1 (constant)  # end of a spike, mV
    V_reset : 1 (constant)  # reset, mV
    a : 1 (constant)  # adaptation below the threshold, nS
    tau_w : 1 (constant)  # time constant of the adaptation, ms
    b : 1 (constant)  # adaptation after a spike, nA
    ref_steps : 1 (constant)  # refractory time t_ref, steps
    ''', threshold='v >= V_peak', reset='v = V_reset; w += 1000*b', refractory='(ref_steps + 1)*dt',
    name='adex', namespace={'dt_ms': dt_ms, 'exact_exp': exact_exp, 'currents': adex_currents})
adex.run_regularly('''
    w_new = w + (a*(v - E_L) - w)*(dt_ms/tau_w)
    leak = g_L*(E_L - v)  # pA
    rise = g_L*Delta_T*exact_exp((clip(v, -inf, V_peak) - V_T)/Delta_T)  # pA
    v += int(not_refractory)*((leak + rise + 1000*I - w)*dt_ms/C)
    w = w_new
    ''', when='groups', order=1)
adex_numbers = [0]  # of all neurons
adex.C = 200
adex.g_L = 10
adex.E_L = -70
adex.V_T = -50
adex.Delta_T = 2
adex.V_peak = 0
adex.V_reset = -58
adex.a = 2
adex.tau_w = 30
adex.b = 0
adex.ref_steps = 0
adex.row = 0
adex.v = -70

# exact: leaky integrate-and-fire
#     tau_m dv/dt = E_L - v + R_m (I + (f1*s1 + (f2*s2 + h2*x2)))
#     v >= V_T: spike, v <- V_reset
#     The step is the exact solution for a constant current: p22 = exp(-dt/tau_m), p20 = R_m (1 - p22).
exact = NeuronGroup(1, '''
    v : 1  # membrane potential, mV
    I : 1 (constant)  # input current, nA
    p22 : 1 (constant)
    p20 : 1 (constant)  # MOhm
    s1 : 1  # current of exp synapses with tau 5 ms, nA
    f1 : 1 (constant)  # its propagator
    s2 : 1  # current of alpha synapses with tau 3 ms, nA
    x2 : 1  # its rise, nA/ms
    f2 : 1 (constant)  # its propagator
    h2 : 1 (constant)  # propagator of its rise, ms
    tau_m : 1 (constant)  # membrane time constant, ms
    E_L : 1 (constant)  # leak potential, mV
    V_T : 1 (constant)  # threshold, mV
    V_reset : 1 (constant)  # reset, mV
    R_m : 1 (constant)  # membrane resistance, MOhm
    ref_steps : 1 (constant)  # refractory time t_ref, steps
    ''', threshold='v >= V_T', reset='v = V_reset', refractory='(ref_steps + 1)*dt',
    name='exact', namespace={'dt_ms': dt_ms, 'k1': exact_exp(-dt_ms/5), 'k2': exact_exp(-dt_ms/3),
                             'exact_exp': exact_exp})
exact.run_regularly('''
    v = int(not_refractory)*(E_L + (v - E_L)*p22 + p20*(I + (f1*s1 + (f2*s2 + h2*x2)))) + (1 - int(not_refractory))*v
    s1 *= k1
    s2 = s2*k2 + x2*(k2*dt_ms)
    x2 *= k2
    ''', when='groups', order=1)
exact_numbers = [1]  # of all neurons
exact.tau_m = 10
exact.E_L = -70
exact.V_T = -55
exact.V_reset = -70
exact.R_m = 10
exact.ref_steps = 0
exact.p22 = exact_exp(-dt_ms/exact.tau_m[:])
exact.p20 = exact.R_m[:]*(1 - exact.p22[:])
exact.f1, _ = carry(5, exact.tau_m[:], exact.p22[:])
exact.f2, exact.h2 = carry(3, exact.tau_m[:], exact.p22[:])
exact.I = 2
exact.v = -70

# izhikevich: Izhikevich's simple model
#     dv/dt = 0.04 v^2 + 5 v + 140 - u + R_m I,  du/dt = a (b v - u)
#     v >= 30 mV: spike, v <- c, u <- u + d; u changes from the new v
izhikevich = NeuronGroup(1, '''
    v : 1  # membrane potential, mV
    I : 1 (constant)  # input current, nA
    u : 1  # recovery, mV/ms
    a : 1 (constant)  # rate of the recovery, 1/ms
    b : 1 (constant)  # sensitivity of the recovery
    c : 1 (constant)  # reset, mV
    d : 1 (constant)  # recovery after a spike
    R_m : 1 (constant)  # scale of the current, MOhm
    ''', threshold='v >= 30', reset='v = c; u += d',
    name='izhikevich', namespace={'dt_ms': dt_ms})
izhikevich.run_regularly('''
    v += dt_ms*(0.04*v*v + 5*v + 140 - u + R_m*I)
    u += dt_ms*a*(b*v - u)
    ''', when='groups', order=1)
izhikevich_numbers = [2]  # of all neurons
izhikevich.a = 0.02
izhikevich.b = 0.2
izhikevich.c = -65
izhikevich.d = 8
izhikevich.R_m = 5
izhikevich.I = 2
izhikevich.v = -65
izhikevich.u = izhikevich.b[:]*izhikevich.v[:]

# lif.1 to lif.5: leaky integrate-and-fire
#     tau_m dv/dt = E_L - v + R_m (I + s1)
#     v >= V_T: spike, v <- V_reset
lif_currents = TimedArray(np.column_stack([  # nA, by step
    [2]*100 + [6]*50 + [2]*150 + [6]*50 + [2]*150 + [6]*50 + [2]*150 + [6]*50 + [2]*150 + [6]*50 + [2]*50,  # lif
]), dt=step)
lif = NeuronGroup(5, '''
    v : 1  # membrane potential, mV
    I = currents(t, row) : 1  # input current, nA
    row : integer (constant)  # of the current
    s1 : 1  # current of exp synapses with tau 5 ms, nA
    tau_m : 1 (constant)  # membrane time constant, ms
    E_L : 1 (constant)  # leak potential, mV
    V_T : 1 (constant)  # threshold, mV
    V_reset : 1 (constant)  # reset, mV
    R_m : 1 (constant)  # membrane resistance, MOhm
    ref_steps : 1 (constant)  # refractory time t_ref, steps
    ''', threshold='v >= V_T', reset='v = V_reset', refractory='(ref_steps + 1)*dt',
    name='lif', namespace={'dt_ms': dt_ms, 'k1': 1 - dt_ms/5, 'currents': lif_currents})
lif.run_regularly('''
    v += int(not_refractory)*((E_L - v + R_m*(I + s1))*dt_ms/tau_m)
    s1 *= k1
    ''', when='groups', order=1)
lif_numbers = [*range(3, 8)]  # of all neurons
lif.tau_m = 10
lif.E_L = -70
lif.V_T = -55
lif.V_reset = -70
lif.R_m = 10
lif.ref_steps = 0
lif.row = 0
lif.v = [-68.91951320738738, -62.387996497677165, -68.7966044893285, -64.81297890761857, -64.71010465324387]

# Synapse a: lif -> exact, lif, exp, 1 nA, tau 5 ms, delay 2 ms, probability 0.4
synapses1 = Synapses(lif, lif, on_pre='s1_post += 1', delay=20*step, name='synapses1', namespace={})
synapses1.pre.order = 0
connect(synapses1, {0: [4], 1: [4], 2: [1, 3], 4: [2]})

# Synapse a, from lif to exact
synapses2 = Synapses(lif, exact, on_pre='s1_post += 1', delay=20*step, name='synapses2', namespace={})
synapses2.pre.order = 1
connect(synapses2, {2: [0], 3: [0], 4: [0]})

# Synapse b: izhikevich, lif.2 -> exact, alpha, -2 nA, tau 3 ms, delay 1 ms, gain -0.19999999999999996 from knob
synapses3 = Synapses(izhikevich, exact, on_pre='x2_post += 0.3999999999999999*e/3', delay=10*step, name='synapses3', namespace={})
synapses3.pre.order = 2
connect(synapses3, {0: [0]})

# Synapse b, from lif to exact
synapses4 = Synapses(lif, exact, on_pre='x2_post += 0.3999999999999999*e/3', delay=10*step, name='synapses4', namespace={})
synapses4.pre.order = 3
connect(synapses4, {1: [0]})

# Synapse c: lif -> adex, delta, 2 mV, delay 0.1 ms
# Plastic: traces of the spikes before and after the synapse decay with 20 ms and 20 ms.
synapses5 = Synapses(lif, adex, '''
    weight : 1
    before : 1  # trace of the arrived spikes
    after : 1  # trace of the spikes of the target
    ''', on_pre='''
    v_post += weight*int(not_refractory_post)
    weight = clip(weight - 0.6*after, 0, inf)
    before += 1
    ''', on_post='''
    weight = clip(weight + 0.5*before, -inf, 6)
    after += 1
    ''', delay=0*step, name='synapses5', namespace={'dt_ms': dt_ms})
synapses5.run_regularly('''
    before -= before*dt_ms/20
    after -= after*dt_ms/20
    ''', when='groups')
synapses5.post.order = 6
synapses5.pre.order = 4
synapses5.pre.when = 'after_groups'  # in the next step: the delay is one step less
connect(synapses5, {0: [0], 1: [0], 2: [0], 3: [0], 4: [0]})
synapses5.weight = 2

# Synapse d: lif -> izhikevich, delta, 1 mV, delay 0.1 ms
synapses6 = Synapses(lif, izhikevich, on_pre='v_post += 1', delay=0*step, name='synapses6', namespace={})
synapses6.pre.order = 5
synapses6.pre.when = 'after_groups'  # in the next step: the delay is one step less
connect(synapses6, {0: [0], 1: [0], 2: [0], 3: [0], 4: [0]})

# The names of the neurons by their numbers, the simulation, and the spikes
names = ['adex', 'exact', 'izhikevich', *(f'lif.{k}' for k in range(1, 6))]
monitors = [(SpikeMonitor(adex), adex_numbers), (SpikeMonitor(exact), exact_numbers),
            (SpikeMonitor(izhikevich), izhikevich_numbers), (SpikeMonitor(lif), lif_numbers)]
network = Network([monitor for monitor, _ in monitors],
                  adex, exact, izhikevich, lif, synapses1, synapses2, synapses3, synapses4, synapses5, synapses6)
network.run(steps*step)

spikes = []
for monitor, numbers in monitors:
    # Brian2 counts steps from 0, hillock from 1.
    spikes += zip(np.rint(monitor.t/step).astype(int) + 1, np.array(numbers)[monitor.i])
print('step,time_ms,neuron')
for number, neuron in sorted(spikes):
    time_ms = number*100000/1e6
    time_ms = np.format_float_positional(time_ms, trim='-') if time_ms < 1e6 else np.format_float_scientific(time_ms, trim='-')
    print(f'{number},{time_ms},{names[neuron]}')
