"""The GPU according to nvidia-smi: its properties, and its clock while programs run."""
import os
import signal
import subprocess
import tempfile

FIELDS = ('name', 'driver_version', 'clocks.sm', 'clocks.max.sm', 'power.limit', 'power.draw', 'temperature.gpu')
SAMPLED = ('clocks.sm', 'power.draw', 'temperature.gpu')
MILLISECONDS = 200


def query(fields):
    return ['nvidia-smi', '-i', '0', '--query-gpu=' + ','.join(fields), '--format=csv,noheader,nounits']


def ask_gpu():
    """What nvidia-smi says about the first GPU; None without a GPU."""
    try:
        done = subprocess.run(query(FIELDS), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    values = [value.strip() for value in done.stdout.strip().split(',')]
    return dict(zip(FIELDS, values)) if done.returncode == 0 and len(values) == len(FIELDS) else None


class Watch:
    """Samples the GPU while a `with` block runs, and adds the samples to the record."""

    def __init__(self, record, name):
        self.record = record
        self.name = name

    def __enter__(self):
        self.file = tempfile.TemporaryFile('w+')
        try:
            self.process = subprocess.Popen(query(SAMPLED) + ['-lms', str(MILLISECONDS)], stdin=subprocess.DEVNULL,
                                            stdout=self.file, stderr=subprocess.DEVNULL, start_new_session=True)
        except OSError:
            self.process = None
        return self

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        if self.process:
            self.process.wait()
        self.file.seek(0)
        samples = [numbers_in(line) for line in self.file.read().splitlines()]
        self.file.close()
        samples = [sample for sample in samples if sample]
        for i, unit in enumerate(('MHz', 'W', 'C')):
            values = [sample[i] for sample in samples if sample[i] is not None]
            if values:
                self.record.add('during %s: %s' % (self.name, SAMPLED[i]), unit, values)
        self.record.save()


def numbers_in(line):
    """[number or None], or None if the line is no complete sample."""
    texts = [text.strip() for text in line.split(',')]
    if len(texts) != len(SAMPLED):
        return None
    return [float(text) if text.replace('.', '', 1).isdigit() else None for text in texts]
