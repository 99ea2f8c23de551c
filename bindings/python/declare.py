"""Write the declarations of the C headers as a module for cffi (out of line, ABI mode).

    declare.py MODULE.py HEADER COMMAND...      COMMAND is a preprocessor that writes to standard output
"""
import re
import subprocess
import sys

import cffi

# `# 12 "mcpi.h" 2`: what follows is line 12 of that file.
LINE_MARKER = re.compile(r'# \d+ "(.*)"')


def declarations(preprocessed: str) -> str:
    """Those of the project: cffi knows the types of the system's headers."""
    kept = []
    own = False
    for line in preprocessed.splitlines():
        marker = LINE_MARKER.match(line)
        if marker:
            own = '/mcpi/' in marker[1] and marker[1].endswith('.h')
        elif own and not line.startswith('#pragma'):
            kept.append(line)
    return '\n'.join(kept)


def main() -> None:
    module, header, *preprocessor = sys.argv[1:]
    text = subprocess.run([*preprocessor, header], check=True, stdout=subprocess.PIPE, text=True).stdout
    ffi = cffi.FFI()
    ffi.cdef(declarations(text))
    ffi.cdef('void free(void *);')
    ffi.set_source('mcpi._declarations', None)
    ffi.emit_python_code(module)


if __name__ == '__main__':
    main()
