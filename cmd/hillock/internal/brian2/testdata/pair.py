# A network for Brian2, from 'hillock export brian2'. It prints the same spikes as hillock, in the same steps:
#
#     python3 THIS_FILE > brian2.csv
#     hillock sim pair.toml --duration '100 ms' --format spikes > hillock.csv
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
    from brian2 import (defaultclock, ms, Network, NeuronGroup, prefs, SpikeMonitor, Synapses)
except ModuleNotFoundError as error:  # another Python, such as one of pyenv, lacks the packages of Debian
    raise SystemExit(f"{error}: 'apt-get install python3-brian', and use /usr/bin/python3") from None

prefs.codegen.target = 'numpy'                      # compiled code has another order of the operations,
prefs.codegen.loop_invariant_optimisations = False  # and so have optimised equations

dt_ms = 0.1  # integration step, ms
step = dt_ms*ms
steps = 1000  # 0.1 s
defaultclock.dt = step


def connect(synapses, graph):
    """Connect each source to its targets: {source: [targets]}, by their numbers in the groups."""
    synapses.connect(i=np.repeat(list(graph), [len(targets) for targets in graph.values()]),
                     j=np.concatenate(list(graph.values())))

# n1, n2: leaky integrate-and-fire
#     tau_m dv/dt = E_L - v + R_m (I + s1 - w),  tau_w dw/dt = a (v - E_L) - w
#     v >= V_T: spike, v <- V_reset, w <- w + b
adapting = NeuronGroup(2, '''
    v : 1  # membrane potential, mV
    I : 1 (constant)  # input current, nA
    w : 1  # adaptation current, nA
    s1 : 1  # current of exp synapses with tau 20 ms, nA
    tau_m : 1 (constant)  # membrane time constant, ms
    E_L : 1 (constant)  # leak potential, mV
    V_T : 1 (constant)  # threshold, mV
    V_reset : 1 (constant)  # reset, mV
    R_m : 1 (constant)  # membrane resistance, MOhm
    a : 1 (constant)  # adaptation below the threshold, nS
    b : 1 (constant)  # adaptation after a spike, nA
    tau_w : 1 (constant)  # time constant of the adaptation, ms
    ref_steps : 1 (constant)  # refractory time t_ref, steps
    ''', threshold='v >= V_T', reset='v = V_reset; w += b', refractory='(ref_steps + 1)*dt',
    name='adapting', namespace={'dt_ms': dt_ms, 'k1': 1 - dt_ms/20})
adapting.run_regularly('''
    w_new = w*(1 - dt_ms/tau_w) + a/1000*(v - E_L)*(dt_ms/tau_w)  # from the old v, a/1000 in uS
    v += int(not_refractory)*((E_L - v + R_m*(I + s1 - w))*dt_ms/tau_m)
    w = w_new
    s1 *= k1
    ''', when='groups', order=1)
adapting_numbers = [0, 1]  # of all neurons
adapting.tau_m = 10
adapting.E_L = -70
adapting.V_T = -55
adapting.V_reset = -70
adapting.R_m = 10
adapting.a = 0
adapting.b = 0.2
adapting.tau_w = 300
adapting.ref_steps = 20
adapting.I = 2.5
adapting.v = [-70, -60]

# Synapse a: n1 -> n2, exp, -3 nA, tau 20 ms, delay 1 ms
synapses1 = Synapses(adapting, adapting, on_pre='s1_post += -3', delay=10*step, name='synapses1', namespace={})
synapses1.pre.order = 0
connect(synapses1, {0: [1]})

# Synapse b: n2 -> n1, exp, -3 nA, tau 20 ms, delay 1 ms
synapses2 = Synapses(adapting, adapting, on_pre='s1_post += -3', delay=10*step, name='synapses2', namespace={})
synapses2.pre.order = 1
connect(synapses2, {1: [0]})

# The names of the neurons by their numbers, the simulation, and the spikes
names = ['n1', 'n2']
monitors = [(SpikeMonitor(adapting), adapting_numbers)]
network = Network([monitor for monitor, _ in monitors],
                  adapting, synapses1, synapses2)
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
