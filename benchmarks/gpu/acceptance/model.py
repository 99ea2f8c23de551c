"""Cycles a dart by the model of tests/gpu/sass_budget, with the issue rates that were measured instead of those assumed.

Each instruction occupies its pipe for as long as the roofline measured, the pipes work side by side, and the busiest one, or
the issue of one instruction a cycle, is the bound. cuda/kernels/sass.tsv has the cycles of each pipe by the rates assumed, so
each is scaled by the quotient of the two rates."""
import csv
import importlib.machinery
import importlib.util
import os

INSTRUCTIONS = ('IMAD.WIDE', 'IMAD.HI', 'IMAD', 'LOP3', 'FFMA', 'DFMA', 'I2F')


def read_assumptions(root):
    """The rates that sass.tsv was written with, from the script that wrote it."""
    path = os.path.join(root, 'tests/gpu/sass_budget')
    spec = importlib.util.spec_from_loader('sass_budget', importlib.machinery.SourceFileLoader('sass_budget', path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_rows(root):
    """{(loop, architecture): row}"""
    with open(os.path.join(root, 'cuda/kernels/sass.tsv')) as file:
        lines = [line for line in file if not line.startswith('#')]
    return {(row['loop'], row['architecture']): row for row in csv.DictReader(lines, delimiter='\t')}


def number(text):
    return 0.0 if text in (None, '-') else float(text.lstrip('='))


def pipes_of(row, cycles, assumed):
    """{pipe: cycles a dart}, from a row of sass.tsv and the measured cycles of each instruction. Only FFMA can use both FMA
    pipes, so its measurement does not show its cost on one of them: for FFMA the assumption stays."""
    wide = number(row['wide'])
    narrow = (number(row['heavy']) - assumed.WIDE_CYCLES * wide) / assumed.NARROW_CYCLES
    fp64 = assumed.FP64_CYCLES.get(row['architecture'], assumed.SLOW_FP64_CYCLES)
    return {'FMAheavy': wide * cycles['IMAD.WIDE'] + narrow * cycles['IMAD'],
            'FMAlite': number(row['lite']),
            'ALU': number(row['alu']) / assumed.NARROW_CYCLES * cycles['LOP3'],
            'second ALU': number(row['alu2']) / assumed.NARROW_CYCLES * cycles['LOP3'],
            'FP64': number(row['fp64']) / fp64 * cycles['DFMA'],
            'XU': number(row['conversion']) / assumed.CONVERSION_CYCLES * cycles['I2F'],
            'issue': number(row['issue'])}


def predict(figures, architecture, root):
    """The measurement of each kernel by the ladder beside the model's value; empty unless the roofline measured all rates."""
    medians = {(figure['name'], figure['unit']): figure['median'] for figure in figures}
    cycles = {name: medians.get(('roofline: ' + name, 'cycles')) for name in INSTRUCTIONS}
    if None in cycles.values():
        return []
    rows, assumed = read_rows(root), read_assumptions(root)
    predictions = []
    for (name, unit), measured in medians.items():
        kernel = name.partition('ladder: ')[2]
        row = rows.get(('count_' + kernel.replace('-', '_'), architecture))
        if unit == 'cycles a dart' and row and 'heavy' in row:
            pipes = pipes_of(row, cycles, assumed)
            bound = max(pipes, key=pipes.get)
            predictions.append({'kernel': kernel, 'measured': measured, 'predicted': pipes[bound], 'bound': bound,
                                'pipes': pipes})
    return predictions
