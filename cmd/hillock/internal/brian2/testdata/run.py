"""Run scripts one after the other in this process: SCRIPT... Each writes its spikes to SCRIPT.csv."""
import contextlib
import sys
import warnings

warnings.simplefilter('ignore')  # of libraries, at their import
for name in sys.argv[1:]:
    with open(name) as script:
        code = compile(script.read(), name, 'exec')
    with open(name + '.csv', 'w') as out, contextlib.redirect_stdout(out):
        exec(code, {'__name__': '__main__'})
