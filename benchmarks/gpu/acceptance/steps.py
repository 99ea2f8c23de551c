"""The steps of an acceptance. Each writes its results to the record."""
import csv
import json
import os
import time

from acceptance import model
from acceptance.watch import Watch

SANITIZERS = ('memcheck', 'racecheck', 'initcheck', 'synccheck')

# The counts of tests/golden.tsv that are tested with every kernel: (seed, stream, first, n). The others are tested with the
# kernel that mcpi chooses, and by the ladder with every kernel.
TELLING = {('0', '0', '1', '1'), ('0', '0', '0', '10000000000'), ('7', '0', '8589000000', '2000001'),
           ('7', '3', '9223372036854775000', '700'), ('18446744073709551615', '18446744073709551615', '5', '1000003')}


class Steps:
    def __init__(self, record, commands, root, programs):
        self.record = record
        self.commands = commands
        self.root = root
        self.programs = programs
        self.mcpi = self.program('mcpi')
        self.small = record.small

    def program(self, *path):
        """The path of a program: in a build folder, or in a folder of `carry`, which has all programs side by side."""
        deep, flat = os.path.join(self.programs, *path), os.path.join(self.programs, path[-1])
        return deep if os.path.exists(deep) else flat

    def count(self, name, *arguments, timeout=60):
        """The result of mcpi on the first GPU as a value, or None."""
        command = [self.mcpi, '-d', 'gpu:0', '--quiet', '--json', *arguments]
        said = self.commands.run(name, command, timeout, one_of_many=True)
        return json.loads(said) if said is not None else None

    def golden_rows(self):
        with open(os.path.join(self.root, 'tests/golden.tsv')) as file:
            return [row for row in csv.DictReader(file, delimiter='\t')
                    if int(row['n']) > 0 and (not self.small or int(row['n']) <= 10000)]

    # Counts.

    def golden(self):
        said = self.commands.run('devices', [self.mcpi, 'devices', '--json'], 60)
        if said is None:
            return
        gpu = next((device for device in json.loads(said)['devices'] if device['id'] == 'gpu:0'), {'kernels': []})
        self.record.outputs['devices'] = json.loads(said)
        rows = self.golden_rows()
        self.count_rows('golden counts', rows, [])
        for kernel in gpu['kernels']:
            if kernel['available']:
                telling = [row for row in rows if tuple(row[key] for key in ('seed', 'stream', 'first', 'n')) in TELLING]
                self.count_rows('golden counts of ' + kernel['name'], telling, ['--kernel', kernel['name']])
        if not gpu['kernels']:
            self.record.note('golden counts', 'failed', reason='mcpi has no gpu:0')

    def count_rows(self, name, rows, options):
        start = time.monotonic()
        for row in rows:
            result = self.count(name, '-s', row['seed'], '--stream', row['stream'], '--first', row['first'], '-n', row['n'],
                                '--verify', 'off', *options)
            if not result:
                return
            if result['hits'] != int(row['hits']):
                self.record.note(name, 'failed', time.monotonic() - start, '%d hits, not %s, in %s darts from %s of seed %s, '
                                 'stream %s' % (result['hits'], row['hits'], row['n'], row['first'], row['seed'], row['stream']))
                return
        self.record.note(name, 'passed', time.monotonic() - start, '%d of them' % len(rows))

    # Speed.

    def benchmark(self, name, size, seconds, each_line):
        command = [self.program('benchmarks/gpu', 'bench_' + name), '--json', '--seconds', str(seconds)]
        command += [size, '--repetitions', '2'] if self.small else []
        with Watch(self.record, name):
            self.commands.run(name, command, 2 * seconds + 60, each_line=each_line)

    def roofline(self):
        cycles = {}

        def take(line):
            if 'gpu' in line:
                self.record.outputs['context'] = line
            self.record.outputs['verdict'] = line.get('verdict', self.record.outputs.get('verdict', ''))
            if 'cycles' in line:
                name = 'roofline: ' + line['instruction']
                cycles.setdefault(name, []).append(line['cycles'])
                self.record.add(name, 'cycles', cycles[name])
        self.benchmark('roofline', '1', 5, take)

    def ladder(self):
        series = {}

        def take(line):
            if 'not_run' in line:
                self.record.note(line['rung'], 'missing', reason=line['not_run'])
            elif 'gpu' in line:
                self.record.outputs['context'] = line
            for key, unit in (('darts_per_second', 'darts/s'), ('cycles_a_dart', 'cycles a dart'), ('clock_hz', 'Hz')):
                if line.get(key) is not None:
                    name = 'ladder: ' + line['rung']
                    series.setdefault((name, unit), []).append(line[key])
                    self.record.add(name, unit, series[name, unit])
            self.record.save()
        self.benchmark('ladder', '1000', 20, take)
        self.record.predictions = model.predict(self.record.figures, self.record.context().get('architecture'), self.root)

    def rate(self):
        """The rate of the fastest exact rung, which gives the time of a run; None if the ladder did not measure it."""
        rates = [f['median'] for f in self.record.figures
                 if f['name'].startswith('ladder: ') and f['unit'] == 'darts/s' and not f['name'].endswith('_float')]
        return max(rates, default=None)

    def runs(self):
        """Whole runs: the time that a user waits, and its parts. A run that would take too long is omitted."""
        sizes = ((1000, 2), (10000, 2)) if self.small else ((10**10, 9), (10**12, 5), (10**13, 1))
        for darts, times in sizes:
            rate = self.rate() or 1e11
            expected = darts / rate + 1
            fit = int(min(times, min(30, self.commands.left() / 3) / expected))
            if fit == 0 and not self.small:
                self.record.note('run %.0e' % darts, 'skipped', reason='about %.0f s at %.3g darts/s' % (expected, rate))
                continue
            self.whole_runs(darts, times if self.small else fit, 2 * expected + 30)

    def whole_runs(self, darts, times, timeout):
        golden = {int(row['n']): int(row['hits']) for row in self.golden_rows()
                  if (row['seed'], row['stream'], row['first']) == ('0', '0', '0')}
        name = 'run %.0e' % darts
        series = {}
        start = time.monotonic()
        with Watch(self.record, name):
            for _ in range(times):
                result = self.count(name, '-n', str(darts), timeout=timeout)
                if result is None:
                    return
                self.record.outputs.setdefault(name, []).append(result)
                if result['verify']['mismatches'] or golden.get(darts, result['hits']) != result['hits']:
                    self.record.note(name + ' count', 'failed', reason='%d hits in %d darts' % (result['hits'], darts))
                    return
                for key, value in figures_of_run(result).items():
                    series.setdefault(key, []).append(value)
        for (what, unit), values in series.items():
            self.record.add('%s: %s' % (name, what), unit, values)
        self.cycles_of_run(name)
        self.record.note(name, 'passed', time.monotonic() - start, '%d of them' % times)

    def cycles_of_run(self, name):
        """With the clock rate that nvidia-smi showed meanwhile."""
        clock = self.record.median('during %s: clocks.sm' % name, 'MHz')
        rate = self.record.median(name + ': darts_per_second', 'darts/s')
        multiprocessors = self.record.context().get('multiprocessors')
        if clock and rate and multiprocessors:
            self.record.add(name + ': by the sampled clock', 'cycles a dart', [128 * multiprocessors * clock * 1e6 / rate])

    def start_up(self):
        """The time that mcpi adds to a program that only creates a context. Both are timed as processes, alternately."""
        series = {}
        start = time.monotonic()
        bare_context = [self.program('benchmarks/gpu', 'bare_context')]
        for _ in range(2 if self.small else 9):
            begin = time.monotonic()
            if self.commands.run('bare context', bare_context, 60, one_of_many=True) is None:
                return
            between = time.monotonic()
            result = self.count('one dart', '-n', '1', '--verify', 'off')
            if result is None:
                return
            bare, whole = between - begin, time.monotonic() - between
            found = {'bare context': bare, 'one dart': whole, 'what mcpi adds': whole - bare,
                     'before and after the run it reports': whole - result['seconds']['total']}
            for what, seconds in found.items():
                series.setdefault(what, []).append(seconds)
        for what, values in series.items():
            self.record.add('start-up: ' + what, 's', values)
        self.record.note('start-up', 'passed', time.monotonic() - start)

    def compare(self):
        said = self.commands.run('compare', [self.mcpi, 'compare', '--quiet', '--json']
                                 + (['--time', '0.1s'] if self.small else []), 120)
        if said is None:
            return
        found = self.record.outputs['compare'] = json.loads(said)
        if not any(row['who'] == 'gpu:0' for row in found['rows']):
            self.record.note('compare', 'failed', reason='there is no gpu:0 in it')
        for row in found['rows']:
            for key, unit in (('darts_per_second', 'darts/s'), ('speedup_vs_cpu', 'x all cores')):
                self.record.figures.append({'name': 'compare: ' + row['who'], 'unit': unit, 'runs': found['rounds'],
                                            **{part: row[key][part] for part in ('median', 'lowest', 'highest')}})

    # Other tools.

    def gpu_tests(self):
        program = self.program('tests', 'test_cuda_backend')
        if not os.path.exists(program):
            self.record.note('gpu tests', 'missing', reason='test_cuda_backend was built without GoogleTest, or not at all')
            return
        said = self.commands.run('gpu tests', [program, '--gtest_brief=1'], 120)
        self.record.outputs['gpu tests'] = said
        if said is not None and 'PASSED  ] 0 tests' in said:
            self.record.note('gpu tests', 'failed', reason='every one was skipped')

    def ncu(self):
        said = self.commands.run(
            'ncu', ['ncu', '--clock-control', 'none', '--section', 'SpeedOfLight', '--section', 'ComputeWorkloadAnalysis',
                    '--section', 'InstructionStats', '--section', 'WarpStateStats', '--kernel-name', 'regex:count_slices',
                    '--launch-skip', '4', '--launch-count', '1', '--page', 'details', '--csv', self.mcpi, '-d', 'gpu:0',
                    '-n', '1e6' if self.small else '1e11', '--verify', 'off', '--quiet'], 90, optional=True)
        self.record.outputs['ncu'] = said

    def sanitizers(self):
        """A count is checked with each tool, because a tool that changes the program's result is useless."""
        program = [self.mcpi, '-d', 'gpu:0', '-n', '1e6', '--quiet', '--json']
        for tool in SANITIZERS:
            said = self.commands.run(tool, ['compute-sanitizer', '--tool', tool, '--error-exitcode', '1', *program], 60,
                                     optional=True)
            if said is not None and '"hits":785850,' not in said:
                self.record.note(tool + ' count', 'failed', reason='mcpi did not count 785850 hits in a million darts')


def figures_of_run(result):
    """{(what, unit): value}"""
    device = result['devices'][0]
    found = {(key, 's'): value for key, value in result['seconds'].items()}
    for key, value in device.items():
        if key.startswith('startup'):
            found.update({('start-up ' + part, 's'): seconds for part, seconds in value.items()})
    found['darts_per_second', 'darts/s'] = device['darts_per_second']
    found['busy_share', ''] = device.get('busy_share')
    for kernel in device.get('kernels', []):
        found['kernel ' + kernel['name'], 'darts/s'] = kernel['darts_per_second']
    return {key: value for key, value in found.items() if value is not None}
