"""The findings of an acceptance so far, in two files that are replaced atomically after each new one."""
import datetime
import json
import os
import re
import statistics
import sys

STATUSES = ('passed', 'failed', 'missing', 'skipped')  # missing: a tool is not there; skipped: no time was left


def slug(text):
    return re.sub('[^a-z0-9]+', '-', text.lower()).strip('-')


class Record:
    """The steps, the figures and the output of the programs."""

    def __init__(self, folder, gpu, commit, small):
        self.steps = []
        self.figures = []
        self.outputs = {}
        self.predictions = []
        self.gpu = gpu
        self.commit = commit
        self.small = small
        self.complete = False
        self.start = datetime.datetime.now(datetime.timezone.utc)
        os.makedirs(folder, exist_ok=True)
        self.path = os.path.join(folder, 'gpu-%s-%s' % (slug(gpu['name']), slug(commit)))

    def note(self, name, status, seconds=0.0, reason=''):
        assert status in STATUSES
        self.steps.append({'name': name, 'status': status, 'seconds': round(seconds, 1), 'reason': reason})
        elapsed = (datetime.datetime.now(datetime.timezone.utc) - self.start).total_seconds()
        print('%5.0f s  %-24s %s%s' % (elapsed, name, status, ': ' + reason if reason else ''), file=sys.stderr, flush=True)
        self.save()
        return status == 'passed'

    def add(self, name, unit, values):
        """A figure; one of the same name and unit is replaced."""
        self.figures = [f for f in self.figures if (f['name'], f['unit']) != (name, unit)]
        self.figures.append({'name': name, 'unit': unit, 'median': statistics.median(values), 'lowest': min(values),
                             'highest': max(values), 'runs': len(values)})

    def median(self, name, unit):
        return next((f['median'] for f in self.figures if (f['name'], f['unit']) == (name, unit)), None)

    def passed(self):
        return all(step['status'] != 'failed' for step in self.steps)

    def context(self):
        """What the benchmark programs say about the GPU; empty before the first one."""
        return self.outputs.get('context', {})

    def simulated(self):
        return 'Simulated' in self.gpu['name'] + self.context().get('gpu', '')

    def report(self):
        return {'schema': 'mcpi.accept.v2', 'complete': self.complete, 'passed': self.passed(),
                'simulated': self.simulated(), 'sizes_are_small': self.small, 'gpu': self.gpu,
                'architecture': self.context().get('architecture', 'unknown'),
                'multiprocessors': self.context().get('multiprocessors'),
                'cuda_runtime': self.context().get('cuda_runtime', 'unknown'), 'commit': self.commit,
                'date': self.start.strftime('%Y-%m-%dT%H:%M:%SZ'), 'verdict': self.outputs.get('verdict', ''),
                'steps': self.steps, 'figures': self.figures, 'predictions': self.predictions, 'outputs': self.outputs}

    def save(self):
        report = self.report()
        for extension, text in (('.json', json.dumps(report, indent=1) + '\n'), ('.md', markdown(report))):
            with open(self.path + extension + '.new', 'w') as file:
                file.write(text)
            os.replace(self.path + extension + '.new', self.path + extension)


def result_of(r):
    if not r['passed']:
        return '**failed**'
    if not r['complete']:
        return '**cut short**; nothing had failed until then'
    return 'accepted, without what was skipped' if any(step['status'] == 'skipped' for step in r['steps']) else 'accepted'


def head(r):
    gpu = r['gpu']
    yield '# %s' % gpu['name']
    yield ''
    if r['simulated'] or r['sizes_are_small']:
        yield '**No measurement:** a simulated device or sizes too small. No speed here means anything.'
        yield ''
    yield '| | |'
    yield '|---|---|'
    yield '| Result | %s |' % result_of(r)
    yield '| Driver, CUDA runtime | %s, %s |' % (gpu['driver_version'], r['cuda_runtime'])
    yield '| Architecture, multiprocessors | %s, %s |' % (r['architecture'], r['multiprocessors'])
    yield '| SM clock | %s MHz before; at most %s |' % (gpu['clocks.sm'], gpu['clocks.max.sm'])
    yield '| Power limit | %s W |' % gpu['power.limit']
    yield '| Commit, date | %s, %s |' % (r['commit'], r['date'])
    if r['verdict']:
        yield '| Wide multiplications | %s |' % r['verdict']
    for step in r['steps']:
        if step['status'] != 'passed':
            yield '| %s | %s: %s |' % (step['name'], step['status'], step['reason'].replace('|', '/'))


def markdown(r):
    """The short version."""
    lines = list(head(r))
    if r['predictions']:
        lines += ['', '| kernel | cycles a dart, measured | predicted from the issue rates measured | by | measured / predicted |',
                  '|---|---|---|---|---|']
        lines += ['| %s | %.4g | %.4g | %s | %.3f |' % (p['kernel'], p['measured'], p['predicted'], p['bound'],
                                                      p['measured'] / p['predicted']) for p in r['predictions']]
    lines += ['', '| figure | median | lowest to highest | runs |', '|---|---|---|---|']
    lines += ['| %s | %.4g %s | %.4g to %.4g | %d |'
              % (f['name'], f['median'], f['unit'], f['lowest'], f['highest'], f['runs']) for f in r['figures']]
    return '\n'.join(lines) + '\n'
