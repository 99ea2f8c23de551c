"""Runs programs with a time limit for each, and one for all of them."""
import json
import os
import re
import signal
import subprocess
import tempfile
import time

# How tools say that they cannot work on this machine, with any program.
UNABLE = re.compile(r'.*(?:Device not supported|LibraryNotLoaded|ERR_NVGPUCTRPERM|Failed to initialize the profiler).*')


class Commands:
    """Runs commands and writes their outcome to a record."""

    def __init__(self, record, folder, minutes):
        self.record = record
        self.folder = folder
        self.deadline = time.monotonic() + 60 * minutes

    def left(self):
        return max(0.0, self.deadline - time.monotonic())

    def run(self, name, command, timeout, optional=False, each_line=None, one_of_many=False):
        """The command's standard output if it succeeded, else None. `each_line` is called with each line as soon as it
        appears; its results remain if the command is stopped. `one_of_many`: success is not recorded."""
        start = time.monotonic()
        limit = min(timeout, self.left())
        with tempfile.TemporaryDirectory() as folder:
            out, err = os.path.join(folder, 'out'), os.path.join(folder, 'err')
            try:
                with open(out, 'w') as to_out, open(err, 'w') as to_err:
                    process = subprocess.Popen(command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=to_out,
                                               stderr=to_err, start_new_session=True)
            except OSError as problem:
                self.record.note(name, 'missing' if optional else 'failed',
                                 reason='cannot run %s: %s' % (command[0], problem.strerror))
                return None
            with open(out, errors='replace') as lines:
                in_time = wait(process, start + limit, lambda: take_lines(lines, each_line))
                take_lines(lines, each_line)
            said, complaint = contents(out), contents(err)
        code = process.returncode if in_time else None
        if code == 0 and one_of_many:
            return said
        if code is None and limit < timeout:
            self.record.note(name, 'skipped', limit, 'stopped: the time for all steps is over')
            return None
        return self.judge(name, code, said, complaint, time.monotonic() - start, optional)

    def judge(self, name, code, said, complaint, seconds, optional):
        unable = optional and UNABLE.search(said + complaint)
        if unable:
            self.record.note(name, 'missing', seconds, unable.group(0).strip('= '))
        elif code is None:
            self.record.note(name, 'failed', seconds, 'not done within %.0f s' % seconds)
        elif code:
            everything = (said + complaint).strip()
            self.record.outputs[name + ' failed'] = everything[-10000:]
            self.record.note(name, 'failed', seconds, 'exit code %d: %s' % (code, everything.rpartition('\n')[2]))
        else:
            self.record.note(name, 'passed', seconds)
            return said
        return None


def wait(process, deadline, meanwhile):
    """Wait until the process ends. After the deadline, kill it with all its children. Whether it ended by itself."""
    pause = 0.005
    try:
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(pause)
            pause = min(2 * pause, 0.2)
            meanwhile()
        return process.poll() is not None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def contents(path):
    with open(path, errors='replace') as file:
        return file.read()


def take_lines(file, each_line):
    """Call each_line with the values of the JSON lines that were written since the last call. An incomplete last line is left
    for the next call."""
    while each_line:
        here = file.tell()
        line = file.readline()
        if not line.endswith('\n'):
            file.seek(here)
            return
        try:
            each_line(json.loads(line))
        except ValueError:
            pass
