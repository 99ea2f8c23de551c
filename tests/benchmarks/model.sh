# Cycles a dart from issue rates and instructions that are made up, so that the sums can be done by hand; and, with the rates
# that cuda/kernels/sass.tsv assumes, its own cycles.
source=$(dirname "$ACCEPT")/../..
mkdir -p root/tests/gpu root/cuda/kernels
printf 'WIDE_CYCLES = 4\nNARROW_CYCLES = 2\nCONVERSION_CYCLES = 8\nSLOW_FP64_CYCLES = 64\nFP64_CYCLES = {"sm_90": 2}\n' >root/tests/gpu/sass_budget
tr ' ' '\t' >root/cuda/kernels/sass.tsv <<'END'
# nvcc 1.0
loop architecture darts issue wide logic heavy lite alu alu2 fp64 conversion cycles
count_integer sm_90 - 20 10 9 44 0 22 0 0 0 44
count_fp64_product sm_90 - 29 5 9 30 4 20 0 6 0 30
count_fp64_product sm_86 - 29 5 9 30 4 20 0 192 16 192
END
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$source/benchmarks/gpu python3 - "$source" <<'END'
import sys
from acceptance import model

def figures(wide, dfma, i2f):
    cycles = dict(zip(model.INSTRUCTIONS, (wide, wide, 2, 2, 1, dfma, i2f)))
    rows = [('roofline: ' + name, 'cycles', value) for name, value in cycles.items()]
    rows += [('ladder: ' + name, 'cycles a dart', 50) for name in ('integer', 'fp64-product', 'philox_state_float')]
    return [dict(zip(('name', 'unit', 'median'), row)) for row in rows]

def show(what, found):
    print(what + ':', *['%s %g by %s;' % (p['kernel'], p['predicted'], p['bound']) for p in found])

show('wide at 4', model.predict(figures(4, 2, 8), 'sm_90', 'root'))
show('wide at 2', model.predict(figures(2, 2, 8), 'sm_90', 'root'))
show('slow FP64', model.predict(figures(4, 50, 8), 'sm_86', 'root'))
show('slow conversion', model.predict(figures(4, 2, 80), 'sm_86', 'root'))
show('no row', model.predict(figures(4, 2, 8), 'sm_75', 'root'))
show('a rate is not known', model.predict(figures(4, 2, 8)[1:], 'sm_90', 'root'))

assumed, wrong = model.read_assumptions(sys.argv[1]), []
rows = model.read_rows(sys.argv[1])
for (loop, architecture), row in rows.items():
    dfma = assumed.FP64_CYCLES.get(architecture, assumed.SLOW_FP64_CYCLES)
    cycles = {'IMAD.WIDE': 4, 'IMAD': 2, 'LOP3': 2, 'DFMA': dfma, 'I2F': 8}
    if abs(max(model.pipes_of(row, cycles, assumed).values()) - float(row['cycles'])) > 1e-9:
        wrong.append((loop, architecture))
print('rows of sass.tsv with other cycles:', wrong, 'of any:', len(rows) > 0)
END
