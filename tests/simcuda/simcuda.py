#!/usr/bin/env python3
"""Run a CUDA program on simulated devices.

  simcuda [option ...] -- PROGRAM ARGUMENT...

The program must use the shared CUDA runtime and embed PTX. See README.md beside this file.
"""
import argparse
import glob
import os
import re
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
FAIL_KINDS = ('call', 'kernel', 'hang', 'flip', 'corrupt')
FAIL_KEYS = ('kind', 'dev', 'call', 'kernel', 'nth', 'after', 'times', 'error', 'sticky', 'bit')
ENTRY_POINT = re.compile(r'^(?:cudaError_t (cuda\w+)|Result (cu[A-Z][A-Za-z]+)(?:_v2)?)\(', re.MULTILINE)
ERROR = re.compile(r'ERROR\((\d+), (\w+)')


def read(pattern):
    text = ''
    for path in glob.glob(os.path.join(HERE, 'runtime', pattern)):
        with open(path) as file:
            text += file.read()
    return text


def call_names():
    return {'*'} | {name for pair in ENTRY_POINT.findall(read('entry_*.cc')) for name in pair}


def error_names():
    return {name for pair in ERROR.findall(read('errors.def')) for name in pair}


def fail_spec(text):
    """A fault, checked here, where a mistake can be explained."""
    error = argparse.ArgumentTypeError
    given = {}
    for item in text.split(','):
        key, equals, value = item.partition('=')
        if not equals or key not in FAIL_KEYS:
            raise error('%r: expected KEY=VALUE with KEY one of %s' % (item, ' '.join(FAIL_KEYS)))
        given[key] = value
    for key in ('nth', 'after', 'times', 'bit', 'dev'):
        if key in given and not given[key].isdigit():
            raise error('%s must be a number, not %r' % (key, given[key]))
    if given.get('nth') == '0':
        raise error('nth counts from 1')
    if given.get('kind', 'call') not in FAIL_KINDS:
        raise error('kind must be one of %s' % ' '.join(FAIL_KINDS))
    if given.get('kind', 'call') == 'call' and 'call' not in given:
        raise error('give call=NAME or kind=kernel|hang|flip|corrupt')
    if 'call' in given and given['call'] not in call_names():
        raise error('no simulated call is named %r' % given['call'])
    if 'error' in given and given['error'] not in error_names():
        raise error('no CUDA error is named %r' % given['error'])
    return text


def matching(pattern, expected):
    def check(text):
        if not re.fullmatch(pattern, text):
            raise argparse.ArgumentTypeError('%r: expected %s' % (text, expected))
        return text
    return check


def number(least, most):
    def check(text):
        if not text.isdigit() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError('%r: expected a number from %d to %d' % (text, least, most))
        return int(text)
    return check


def parse(arguments):
    parser = argparse.ArgumentParser(prog='simcuda', description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    devices = parser.add_argument_group('devices').add_argument
    devices('--devices', type=number(0, 64), default=1, metavar='N', help='number of devices (default 1)')
    devices('--driver', choices=('ok', 'none', 'old'), default='ok', help='none, old: cudaErrorInsufficientDriver')
    devices('--cc', type=matching(r'\d+\.\d', 'X.Y'), default='9.0', metavar='X.Y',
            help='compute capability (default 9.0)')
    devices('--arch-check', action='store_true', help='fail a launch if no embedded image fits --cc')
    devices('--fp64-ratio', type=number(1, 1024), default=0, metavar='N',
            help='FP32 to FP64 throughput (default: that of --cc)')
    devices('--sms', type=number(1, 1024), default=8, metavar='N', help='multiprocessors (default 8)')
    devices('--mem', type=number(0, 1 << 20), default=8192, metavar='MB', help='memory of a device (default 8192)')
    devices('--name', default='Simulated GPU', help='name of the devices; their number is appended')
    devices('--mig', default='', metavar='PROFILE', help='make the devices MIG instances, for example 1g.10gb')
    devices('--prohibited', type=number(0, 63), default=-1, metavar='K',
            help='the compute mode of device K is PROHIBITED')
    devices('--threads', type=number(1, 1024), default=os.cpu_count(), metavar='N',
            help='host threads that run a device\'s kernels (default: all)')
    order = parser.add_argument_group('order and time').add_argument
    order('--order', choices=('fwd', 'rev', 'shuffle'), default='fwd', help='of blocks, warps and lanes')
    order('--shuffle-streams', action='store_true', help='pick among ready streams at random')
    order('--seed', type=int, default=1, help='of the shuffles (default 1)')
    order('--delay', type=float, default=0, metavar='MS', help='wait before each kernel')
    order('--copy-delay', type=float, default=0, metavar='MS', help='wait before each copy and memset')
    order('--slow', action='append', default=[], metavar='SPEC',
          type=matching(r'(dev=\d+,)?x=[1-9]\d*(\.\d+)?', '[dev=K,]x=F with F at least 1'),
          help='dev=K,x=F: kernels of device K take F times as long')
    checks = parser.add_argument_group('checks and faults').add_argument
    checks('--poison', action='store_true', help='overwrite the target of an asynchronous copy until it is done')
    checks('--undefined-fails', action='store_true', help='an undefined warp operation fails the kernel')
    checks('--report', action='store_true', help='print leaks and misuse at exit')
    checks('--trace', action='store_true', help='print every call and its result')
    checks('--fail', action='append', default=[], type=fail_spec, metavar='SPEC', help='inject a fault, see README.md')
    add('--ptx', action='append', default=[], metavar='FILE', help='take kernels from this PTX first')
    add('--preload', action='store_true', help='set LD_PRELOAD too, for programs with an RPATH or started by others')
    add('--build', required=True, metavar='FOLDER', help=argparse.SUPPRESS)
    add('program', nargs='+', metavar='-- PROGRAM ARGUMENT...')
    options = parser.parse_args(arguments)
    for path in options.ptx:
        if not os.path.isfile(path):
            parser.error('--ptx: cannot read %s' % path)
    return options


def warn_if_static(program):
    """With the static runtime a program looks for a real driver. Say so before that fails."""
    try:
        with open(program, 'rb') as file:
            data = file.read()
    except OSError:
        return
    if data[:4] == b'\x7fELF' and b'libcudart.so.' not in data and b'.nvFatBinSegment' in data:
        print('simcuda: note: %s has the static CUDA runtime, which cannot be replaced; link the shared one' % program,
              file=sys.stderr)


def environment(options):
    library = os.path.join(options.build, 'lib')
    settings = {
        'DEVICES': options.devices, 'DRIVER': options.driver, 'CC': options.cc, 'ARCH_CHECK': int(options.arch_check),
        'FP64_RATIO': options.fp64_ratio, 'SMS': options.sms, 'MEM_MB': options.mem, 'NAME': options.name,
        'MIG': options.mig, 'PROHIBITED': options.prohibited, 'THREADS': options.threads, 'ORDER': options.order,
        'SHUFFLE_STREAMS': int(options.shuffle_streams), 'SEED': options.seed, 'DELAY_MS': options.delay,
        'COPY_DELAY_MS': options.copy_delay, 'SLOW': ';'.join(options.slow), 'POISON': int(options.poison),
        'UNDEFINED_FAILS': int(options.undefined_fails), 'REPORT': int(options.report), 'TRACE': int(options.trace),
        'FAIL': ';'.join(options.fail), 'PTX': ':'.join(map(os.path.abspath, options.ptx)),
        'CACHE': os.path.join(options.build, 'cache'), 'TRANSLATOR': os.path.join(HERE, 'translator'),
        'PYTHON': sys.executable}
    result = dict(os.environ)
    result.update(('SIMCUDA_' + name, str(value)) for name, value in settings.items())
    result['LD_LIBRARY_PATH'] = ':'.join(filter(None, [library, result.get('LD_LIBRARY_PATH')]))
    if options.preload:
        runtime = glob.glob(os.path.join(library, 'libcudart.so.*'))
        result['LD_PRELOAD'] = ' '.join(filter(None, runtime + [result.get('LD_PRELOAD')]))
    return result


def main():
    options = parse(sys.argv[1:])
    program = options.program[0]
    warn_if_static(program)
    try:
        os.execvpe(program, options.program, environment(options))
    except OSError as e:
        sys.exit('simcuda: cannot run %s: %s' % (program, e.strerror))


if __name__ == '__main__':
    main()
