"""Cycles a dart by a model: each instruction occupies its pipe for as long as the roofline measured, the pipes work side by
side, and the busiest one, or the issue of one instruction a cycle, is the bound."""
import csv
import os

# Instructions a dart in tests/gpu/sass.tsv by column, the pipe that they go to, and the loop of the roofline that measures
# their cycles.
COLUMNS = {
    'wide': ('FMAheavy', 'IMAD.WIDE'),
    'imad': ('FMAheavy', 'IMAD'),
    'alu': ('ALU', 'LOP3'),
    'fp64': ('FP64', 'DFMA'),
    'xu': ('XU', 'I2F'),
    'instructions': ('issue', None),
}


def number(text):
    try:
        return float((text or '').lstrip('='))
    except ValueError:
        return 0.0


def counts_of(root, kernel, architecture):
    """The row of sass.tsv for a kernel; None where there is none."""
    loop = 'count_' + kernel.replace('-', '_')
    with open(os.path.join(root, 'tests/gpu/sass.tsv')) as file:
        for row in csv.DictReader(file, delimiter='\t'):
            if loop in row.values() and architecture in row.values():
                return row
    return None


def pipes_of(row, cycles):
    """{pipe: cycles a dart}"""
    pipes = {}
    for column, (pipe, instruction) in COLUMNS.items():
        each = cycles[instruction] if instruction else 1.0
        pipes[pipe] = pipes.get(pipe, 0.0) + number(row.get(column)) * each
    # Where FFMA runs at one a cycle, there is a second pipe for it, which takes two; where at one in two, there is not.
    single = 'FMAlite' if cycles['FFMA'] < 1.5 else 'FMAheavy'
    pipes[single] = pipes.get(single, 0.0) + 2.0 * number(row.get('fp32'))
    return pipes


def predict(record, root):
    """Put what is measured beside what the model says, for each kernel that the ladder has."""
    cycles = {name: record.median('roofline: ' + name, 'cycles')
              for name in ('IMAD.WIDE', 'IMAD.HI', 'IMAD', 'LOP3', 'FFMA', 'DFMA', 'I2F')}
    if None in cycles.values():
        return
    for figure in record.figures:
        rung = figure['name'].partition('ladder: ')[2]
        row = counts_of(root, rung, record.context().get('architecture')) if figure['unit'] == 'cycles a dart' else None
        if row:
            pipes = pipes_of(row, cycles)
            bound = max(pipes, key=pipes.get)
            record.predictions.append({'kernel': rung, 'measured': figure['median'], 'predicted': pipes[bound],
                                       'bound': bound, 'pipes': pipes})
