"""Translate PTX to C++.

    Module(text)             parses a PTX file: variables, functions, kernels
    translate(module, name)  C++ source of one kernel and all it calls, to be compiled with kernel.h
    variable_table(module)   text table of the module's variables with their initial bytes

A PTX function becomes one C++ function. Registers become local variables of unsigned type (floats are kept as their
bits), basic blocks become labels and gotos, and each instruction one braced statement, so the C++ compiler sees plain
scalar code and optimises it. What needs other threads (barriers, shuffles, votes) becomes a call that switches fibers.
Memory accesses go through global_ptr / shared_ptr_ / local_ptr of kernel.h, which check address and alignment.
An instruction that is not known ends the translation with Untranslatable: nothing is skipped silently.
"""
import re
import struct

BITS = {'u8': 8, 'u16': 16, 'u32': 32, 'u64': 64, 's8': 8, 's16': 16, 's32': 32, 's64': 64,
        'b8': 8, 'b16': 16, 'b32': 32, 'b64': 64, 'f32': 32, 'f64': 64, 'pred': 1, 'f16': 16}
C_TYPE = {t: t if t[0] in 'us' else 'bool' if t == 'pred' else 'u%d' % BITS[t] for t in BITS if t != 'f16'}
FLOATS = ('f32', 'f64')
SPACES = ('global', 'shared', 'local', 'param', 'const')
DIRECTED = {'rz': 'TOWARD_ZERO', 'rm': 'DOWNWARD', 'rp': 'UPWARD'}
TO_INTEGRAL = {'rni': 'std::nearbyint', 'rzi': 'std::trunc', 'rmi': 'std::floor', 'rpi': 'std::ceil'}
SPECIAL = {
    '%tid.x': 't->tx', '%tid.y': 't->ty', '%tid.z': 't->tz',
    '%ntid.x': 'L.bx', '%ntid.y': 'L.by', '%ntid.z': 'L.bz',
    '%ctaid.x': 't->cta->cx', '%ctaid.y': 't->cta->cy', '%ctaid.z': 't->cta->cz',
    '%nctaid.x': 'L.gx', '%nctaid.y': 'L.gy', '%nctaid.z': 'L.gz',
    '%laneid': 't->lane', '%warpid': 't->warp', '%nwarpid': '((L.bx*L.by*L.bz+31)/32)', 'WARP_SZ': '32u',
    '%smid': '(t->cta->cx%4u)', '%nsmid': '4u', '%gridid': '0u',
    '%lanemask_eq': '(1u<<t->lane)', '%lanemask_lt': '((1u<<t->lane)-1u)', '%lanemask_le': '((2u<<t->lane)-1u)',
    '%lanemask_gt': '(~((2u<<t->lane)-1u))', '%lanemask_ge': '(~((1u<<t->lane)-1u))',
    '%dynamic_smem_size': 'L.dyn', '%total_smem_size': 'L.smem_total',
    '%clock': '(u32)(t->clock_+=10)', '%clock_hi': '0u', '%clock64': '(t->clock_+=10)',
    '%globaltimer': '(t->clock_+=10)', '%globaltimer_lo': '(u32)(t->clock_+=10)',
}
LINKAGE = r'((?:\.(?:visible|weak|extern|common)\s+)*)'


class Untranslatable(Exception):
    """Something in the PTX that this translator does not know."""


def c_name(name):
    return re.sub(r'\W', lambda m: '_%02x' % ord(m.group(0)), name)


def split_operands(text):
    out, depth, cur = [], 0, ''
    for ch in text:
        depth += (ch in '[{(') - (ch in ']})')
        if ch == ',' and depth == 0:
            out.append(cur.strip())
            cur = ''
        else:
            cur += ch
    if cur.strip():
        out.append(cur.strip())
    return out


def align_up(n, a):
    return (n + a - 1) // a * a


class Module:
    """The parsed PTX file. vars: name -> dict; funcs: name -> dict (kind 'entry' or 'func', params, body)."""

    IGNORED = re.compile(r'\.(version|target|address_size|file|loc)\b[^\n]*|\.section\b[^{]*\{[^}]*\}')
    FUNCTION = re.compile(LINKAGE + r'\.(entry|func)\b')

    def __init__(self, text):
        self.vars, self.funcs = {}, {}
        s = re.sub(r'//[^\n]*', '', re.sub(r'/\*.*?\*/', ' ', text, flags=re.S))
        i, space = 0, re.compile(r'\s*')
        while True:
            i = space.match(s, i).end()
            if i >= len(s):
                break
            m = self.IGNORED.match(s, i)
            if m:
                i = m.end()
            elif self.FUNCTION.match(s, i):
                i = self.read_function(s, i)
            else:
                j = s.index(';', i)
                self.add_variable(s[i:j], '')
                i = j + 1

    def read_function(self, s, i):
        j = i
        while s[j] not in '{;':
            j += 1
        if s[j] == ';':
            self.add_function(s[i:j], None)
            return j + 1
        depth, k = 0, j
        for m in re.compile(r'[{}]|"[^"]*"').finditer(s, j):
            depth += (m.group(0) == '{') - (m.group(0) == '}')
            if depth == 0:
                k = m.start()
                break
        self.add_function(s[i:j], s[j + 1:k])
        return k + 1

    PARAM = re.compile(
        r'\.(?:param|reg)\s+(?:\.align\s+(\d+)\s+)?(?:\.ptr\s+(?:\.\w+\s+)*(?:\.align\s+\d+\s+)?)?\.(\w+)\s+'
        r'(?:\.ptr\s*(?:\.(?:global|shared|const|local)\s*)?(?:\.align\s+\d+\s*)?)?([\w$%]+)\s*(?:\[(\d*)\])?')

    def parameters(self, text):
        result = []
        for p in split_operands(text or ''):
            m = self.PARAM.match(p)
            if not m:
                raise Untranslatable('parameter: ' + p)
            align, ty, name, count = m.groups()
            size = BITS[ty] // 8
            result.append((name, size * int(count) if count else size, max(int(align or 0), size)))
        return result

    def add_function(self, head, body):
        m = re.match(LINKAGE + r'\.(entry|func)\s*(?:\(([^)]*)\))?\s*([\w$%]+)\s*(?:\((.*?)\))?(.*)$', head, re.S)
        _, kind, ret, name, params, tail = m.groups()
        if name in self.funcs and body is None:
            return
        limit = re.search(r'\.(?:max|req)ntid\s+([\d\s,]+)', tail)
        threads = 1
        for x in (limit.group(1).split(',') if limit else ['1024']):
            threads *= int(x)
        self.funcs[name] = dict(kind=kind, name=name, ret=self.parameters(ret), params=self.parameters(params),
                                body=body, max_threads=threads)

    VARIABLE = re.compile(
        r'\s*(?:\.attribute\([^)]*\)\s*)?(?:\.align\s+(\d+)\s*)?(?:\.v([24])\s*)?\.(\w+)\s+([\w$%]+)\s*'
        r'((?:\[\s*\d*\s*\])*)\s*(?:=\s*(.*))?$', re.S)

    def add_variable(self, statement, scope):
        m = re.match(LINKAGE + r'\.(global|const|shared|local|tex|surf|sampler)\b(.*)$', statement, re.S)
        if not m:
            raise Untranslatable('module statement: ' + statement[:80])
        linkage, space, rest = m.groups()
        m = self.VARIABLE.match(rest)
        if not m:
            raise Untranslatable('variable: ' + statement[:80])
        align, vec, ty, name, dims, init = m.groups()
        size, unsized = BITS[ty] // 8 * int(vec or 1), False
        for d in re.findall(r'\[\s*(\d*)\s*\]', dims):
            unsized |= d == ''
            size *= int(d or 1)
        self.vars[scope + '::' + name if scope else name] = dict(
            space=space, size=size, align=max(int(align or 0), BITS[ty] // 8), init=init, element=BITS[ty] // 8,
            dynamic=space == 'shared' and 'extern' in linkage and unsized)

    def kernels(self):
        return [f for f in self.funcs.values() if f['kind'] == 'entry' and f['body'] is not None]


class Function:
    """Translates one function body."""

    def __init__(self, program, f):
        self.program, self.module, self.f = program, program.module, f
        self.scopes, self.out, self.declared, self.locals, self.unique = [{}], [], {}, [], 0
        self.local_bytes, self.params, offset = 0, {}, 0
        for name, size, align in f['params']:
            offset = align_up(offset, align)
            self.params[name] = ('P', offset, size)
            offset += size
        f['param_bytes'] = offset
        for name, size, align in f['ret']:
            self.params[name] = ('R', 0, size)
        self.body(f['body'])

    def source(self):
        head = [signature(self.f) + ' {', ' const Launch& L=*t->L; (void)L; (void)P;']
        head += [' %s %s=0;' % (ty, c) for c, ty in sorted(self.declared.items())]
        head += [' alignas(16) u8 %s[%d];' % (c, max(size, 1)) for c, size in self.locals]
        return '\n'.join(head + self.out + [' return;', '}'])

    # ---- statements

    SKIP = re.compile(r'\.(file|loc)\b[^\n]*|\.pragma\s*"[^"]*"\s*;|;')
    LABEL = re.compile(r'([\w$%]+)\s*:(?!:)\s*')
    TARGETS = re.compile(r'\.(branchtargets|calltargets|callprototype)\b([^;]*);')

    def body(self, s):
        i, space = 0, re.compile(r'\s*')
        while True:
            i = space.match(s, i).end()
            if i >= len(s):
                return
            skip, label = self.SKIP.match(s, i), self.LABEL.match(s, i)
            if s[i] == '{':
                self.scopes.append({})
                i += 1
            elif s[i] == '}':
                self.scopes.pop()
                i += 1
            elif skip:
                i = skip.end()
            elif label:
                i = label.end()
                targets = self.TARGETS.match(s, i)
                if targets:
                    self.scopes[0].setdefault('!targets', {})[label.group(1)] = split_operands(targets.group(2))
                    i = targets.end()
                else:
                    self.out.append('L_%s:;' % c_name(label.group(1)))
            else:
                j = s.index(';', i)
                self.checked_statement(s[i:j].strip())
                i = j + 1

    def checked_statement(self, st):
        try:
            self.statement(st)
        except Untranslatable as e:
            raise Untranslatable('%s: in "%s"' % (e, st))
        except (KeyError, IndexError, ValueError, AttributeError, TypeError) as e:
            raise Untranslatable('cannot translate "%s" (%s %s)' % (st, type(e).__name__, e))

    def statement(self, st):
        m = re.match(r'\.reg\s+(?:\.v[24]\s+)?\.(\w+)\s+(.*)$', st, re.S)
        if m:
            return self.declare_registers(*m.groups())
        m = re.match(r'\.(local|param)\b\s*(?:\.align\s+(\d+)\s*)?(?:\.v[24]\s*)?\.(\w+)\s+([\w$%]+)\s*(?:\[(\d+)\])?',
                     st, re.S)
        if m:
            _, align, ty, name, count = m.groups()
            size = BITS[ty] // 8 * int(count or 1)
            self.unique += 1
            c = 'loc_%s_%d' % (c_name(name), self.unique)
            self.locals.append((c, size))
            self.local_bytes += size + 16
            self.scopes[-1]['&' + name] = (c, size)
            return
        if st.startswith(('.shared', '.extern', '.global', '.const')):
            return self.module.add_variable(st, '' if st.startswith('.extern') else self.f['name'])
        if st.startswith('.'):
            raise Untranslatable('directive')
        guard = ''
        m = re.match(r'@(!?)([\w$%]+)\s+(.*)$', st, re.S)
        if m:
            guard = ' if(%s%s)' % (m.group(1), self.register(m.group(2))[0])
            st = m.group(3)
        m = re.match(r'([\w.:]+)\s*(.*)$', st, re.S)
        self.out.append('%s { %s }' % (guard, self.instruction(m.group(1), m.group(2).strip())))

    def declare_registers(self, ty, names):
        if ty not in C_TYPE:
            raise Untranslatable('register type .' + ty)
        if len(self.scopes) > 1 and '!id' not in self.scopes[-1]:
            self.unique += 1
            self.scopes[-1]['!id'] = self.unique
        for r in split_operands(names):
            m = re.match(r'([\w$%]+)\s*(?:<(\d+)>)?$', r)
            count = int(m.group(2)) if m.group(2) else None
            self.scopes[-1][m.group(1)] = (ty, count, self.scopes[-1].get('!id', 0))

    # ---- operands

    def register(self, name):
        """(C variable, PTX type) of a register, or None."""
        for scope in reversed(self.scopes):
            found = scope.get(name)
            if not (isinstance(found, tuple) and found[1] is None):
                m = re.match(r'(.*?)(\d+)$', name)
                found = None
                for k in range(m.start(2), len(name)) if m else ():
                    bank = scope.get(name[:k])
                    if bank and bank[1] is not None and int(name[k:]) < bank[1]:
                        found = bank
                        break
            if found:
                c = 'r_%s_%d' % (c_name(name), found[2])
                self.declared[c] = C_TYPE[found[0]]
                return c, found[0]
        return None

    def memory_of(self, name):
        """(C array, size) of a .local or .param variable, or None."""
        for scope in reversed(self.scopes):
            if '&' + name in scope:
                return scope['&' + name]
        return None

    def address_of(self, name):
        """C expression of a variable's address, or None if there is no such variable."""
        local = self.memory_of(name)
        if local:
            return '(u64)' + local[0]
        for key in (self.f['name'] + '::' + name, name):
            v = self.module.vars.get(key)
            if v and v['space'] == 'shared':
                return 'OFF_dyn' if v['dynamic'] else '%dull' % self.program.shared_offset(key, v)
            if v:
                return 'L.vars[%d]' % self.program.variable_index(key)
        if name in self.params:
            base, offset, _ = self.params[name]
            return '(u64)(%s+%d)' % (base, offset)
        if name in self.module.funcs:
            raise Untranslatable('address of a function')
        return None

    def value(self, x, ty):
        """C expression of an operand as C_TYPE[ty] (bits, for floats)."""
        x, c = x.strip(), C_TYPE[ty]
        if x in SPECIAL:
            return '(%s)(%s)' % (c, SPECIAL[x])
        if ty == 'pred':
            if x.startswith('!'):
                return '(!%s)' % self.value(x[1:], ty)
            if re.match(r'^-?\d+$', x):
                return 'true' if int(x) else 'false'
        r = self.register(x)
        if r:
            return r[0] if C_TYPE[r[1]] == c else '(%s)%s' % (c, r[0])
        m = re.match(r'^0(?:[fF]([0-9a-fA-F]{8})|[dD]([0-9a-fA-F]{16}))$', x)
        if m and m.group(1):
            bits = '0x%su' % m.group(1)
            return 'bd((double)f32(%s))' % bits if ty == 'f64' else '((%s)%s)' % (c, bits)
        if m:
            bits = '0x%sull' % m.group(2)
            return 'bf((float)f64(%s))' % bits if ty == 'f32' else '((%s)%s)' % (c, bits)
        m = re.match(r'^([+-]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|\d+)U?$', x)
        if m:
            if ty in FLOATS:
                raise Untranslatable('integer literal as float')
            digits = m.group(2)
            v = int(digits, 8) if re.match(r'^0[0-7]+$', digits) else int(digits, 0)
            v = -v if m.group(1) == '-' else v
            return '((%s)0x%xull)' % (c, v & ((1 << BITS[ty]) - 1))
        m = re.match(r'^(?:generic\()?([\w$%]+)\)?\s*(?:\+\s*(-?\d+))?$', x)
        address = m and self.address_of(m.group(1))
        if address:
            return '((%s)(%s+%sll))' % (c, address, m.group(2) or '0')
        raise Untranslatable('operand ' + x)

    def as_float(self, x, ty, flush=False):
        e = '%s(%s)' % (ty, self.value(x, ty))
        return 'ftz(%s)' % e if flush else e

    def signed(self, x, ty):
        return '((s%d)%s)' % (BITS[ty], self.value(x, ty))

    def unsigned(self, x, ty):
        return '((u%d)%s)' % (BITS[ty], self.value(x, ty))

    def number(self, x, ty):
        return self.signed(x, ty) if ty[0] == 's' else self.unsigned(x, ty)

    def assign(self, d, expr, ty):
        """Statement that sets register d to expr, a value of C_TYPE[ty] (a float or double for f32, f64)."""
        if d == '_':
            return '(void)(%s);' % expr
        r = self.register(d)
        if not r:
            raise Untranslatable('destination ' + d)
        if r[1] == 'pred':
            return '%s=(bool)(%s);' % (r[0], expr)
        if ty in FLOATS:
            expr = '%s(%s)' % ({'f32': 'bf', 'f64': 'bd'}[ty], expr)
        return '%s=(%s)(%s)(%s);' % (r[0], C_TYPE[r[1]], C_TYPE[ty], expr)

    def address(self, x):
        m = re.match(r'^\[\s*([\w$%]+)\s*(?:\+\s*(-?\w+))?\s*\]$', x)
        if not m:
            raise Untranslatable('address ' + x)
        base, offset = m.group(1), int(m.group(2) or '0', 0)
        r = self.register(base)
        if r:
            return '((u64)%s+%dll)' % (r[0], offset)
        if re.match(r'^\d', base):
            return '(%sull)' % base
        a = self.address_of(base)
        if a is None:
            raise Untranslatable('address ' + x)
        return '((u64)(%s)+%dll)' % (a, offset)

    def pointer(self, x, space, size):
        """C expression of a host pointer to `size` bytes at address operand x; checks where an error is possible."""
        a = self.address(x)
        if space == 'param' or space == 'local' and not self.register(re.match(r'^\[\s*([\w$%]+)', x).group(1)):
            return '((u8*)%s)' % a
        return '%s(t,%s,%d)' % ({'shared': 'shared_ptr_', 'local': 'local_ptr'}.get(space, 'global_ptr'), a, size)

    # ---- instructions: method op_NAME(qualifiers, set of them, type, operands) -> C statement(s)

    ALIASES = {
        'red': 'atom', 'ldu': 'ld', 'st': 'ld', 'bar': 'barrier', 'exit': 'ret', 'set': 'setp', 'addc': 'add',
        'sub': 'add', 'subc': 'add', 'madc': 'mad', 'mul': 'mad', 'rem': 'div', 'max': 'min',
        'or': 'and', 'xor': 'and', 'not': 'and', 'cnot': 'and', 'fence': 'membar', 'prefetch': 'nop',
        'prefetchu': 'nop', 'nanosleep': 'nop', 'brkpt': 'nop', 'pmevent': 'nop', 'discard': 'nop',
        'applypriority': 'nop', 'griddepcontrol': 'nop'}
    FLOAT_OPS = {'add', 'sub', 'mul', 'fma', 'mad', 'div', 'min', 'max', 'abs', 'neg', 'sqrt', 'rcp'}

    def instruction(self, op, rest):
        name, *q = op.split('.')
        types = [x for x in q if x in BITS]
        ty = types[-1] if types else None
        self.types, self.name = types, name
        if name == 'call':
            return self.call(rest)
        if ty in FLOATS and name in self.FLOAT_OPS:
            return self.float_op(name, q, set(q), ty, split_operands(rest))
        method = getattr(self, 'op_' + self.ALIASES.get(name, name), None)
        if not method:
            raise Untranslatable('instruction')
        return method(q, set(q), ty, split_operands(rest))

    def op_nop(self, q, Q, ty, A):
        return '/* %s */' % self.name

    def op_membar(self, q, Q, ty, A):
        return '__atomic_thread_fence(__ATOMIC_SEQ_CST);'

    def op_bra(self, q, Q, ty, A):
        return 'goto L_%s;' % c_name(A[0])

    def op_brx(self, q, Q, ty, A):
        cases = ''.join('case %d: goto L_%s; ' % (i, c_name(l)) for i, l in enumerate(self.scopes[0]['!targets'][A[1]]))
        return 'switch(%s){%s default: die(t,LAUNCH_FAILURE,"brx out of range"); }' % (self.value(A[0], 'u32'), cases)

    def op_ret(self, q, Q, ty, A):
        if self.name == 'exit' and self.f['kind'] != 'entry':
            raise Untranslatable('exit in a function')
        return 'return;'

    def op_trap(self, q, Q, ty, A):
        return 'die(t,LAUNCH_FAILURE,"trap");'

    def op_mov(self, q, Q, ty, A):
        dst, src = A
        pack = [z.strip() for z in src.strip('{}').split(',')] if src.startswith('{') else None
        unpack = [z.strip() for z in dst.strip('{}').split(',')] if dst.startswith('{') else None
        if unpack:
            w = BITS[ty] // len(unpack)
            parts = [self.assign(z, '(u%d)(v>>%d)' % (w, w * i), 'u%d' % w) for i, z in enumerate(unpack) if z != '_']
            return 'u64 v=%s; ' % self.value(src, ty) + ''.join(parts)
        if pack:
            w = BITS[ty] // len(pack)
            parts = ['((u64)%s<<%d)' % (self.value(z, 'u%d' % w), w * i) for i, z in enumerate(pack)]
            return self.assign(dst, '|'.join(parts), 'u%d' % BITS[ty])
        return self.assign(dst, self.value(src, ty), 'pred' if ty == 'pred' else 'u%d' % BITS[ty])

    def space_of(self, q):
        return ([x.split('::')[0] for x in q if x.split('::')[0] in SPACES] or ['generic'])[0]

    def op_ld(self, q, Q, ty, A):
        if 'b128' in Q:
            raise Untranslatable('b128')
        n, vec = BITS[ty] // 8, 4 if 'v4' in Q else 2 if 'v2' in Q else 1
        regs, address = (A[1], A[0]) if self.name == 'st' else (A[0], A[1])
        regs = [z.strip() for z in regs.strip('{}').split(',')] if vec > 1 else [regs]
        code = 'u8* p=%s; ' % self.pointer(address, self.space_of(q), n * vec)
        if self.name == 'st':
            u = 'u%d' % (8 * n)
            return code + ''.join('store<%s>(p+%d,%s); ' % (u, n * i, self.value(z, u)) for i, z in enumerate(regs))
        u = ty if ty[0] in 'us' else 'u%d' % (8 * n)
        code += ''.join('%s v%d=load<%s>(p+%d); ' % (u, i, u, n * i) for i in range(vec))
        return code + ''.join(self.assign(z, 'v%d' % i, u) for i, z in enumerate(regs) if z != '_')

    ATOMS = {'add': 'o+b', 'and': 'o&b', 'or': 'o|b', 'xor': 'o^b', 'exch': 'b', 'inc': 'o>=b?0:o+1',
             'dec': '(o==0||o>b)?b:o-1', 'cas': 'o==b?c:o', 'min': '({T})o<({T})b?o:b', 'max': '({T})o>({T})b?o:b'}

    def op_atom(self, q, Q, ty, A):
        if self.name == 'red':
            A = ['_'] + A
        kind = [x for x in q if x in self.ATOMS][0]
        n = BITS[ty] // 8
        U = 'u%d' % (8 * n)
        code = 'u8* p=%s; %s b=%s; ' % (self.pointer(A[1], self.space_of(q), n), U, self.value(A[2], U))
        if kind == 'cas':
            code += '%s c=%s; ' % (U, self.value(A[3], U))
        f = self.ATOMS[kind].format(T=ty if ty[0] == 's' else U)
        if ty in FLOATS and kind == 'add':
            f = '%s(%s(o)+%s(b))' % ({'f32': 'bf', 'f64': 'bd'}[ty], ty, ty)
        elif ty in FLOATS and kind != 'exch':
            raise Untranslatable('float atomic ' + kind)
        code += '%s old=atomic_update<%s>(p,[=](%s o)->%s{ return (%s)(%s); }); ' % (U, U, U, U, U, f)
        return code + self.assign(A[0], 'old', U)

    def op_cvta(self, q, Q, ty, A):
        a = self.value(A[1], ty)
        if self.space_of(q) == 'shared':
            return self.assign(A[0], '(u64)%s%s(u64)t->cta->smem' % (a, '-' if 'to' in Q else '+'), ty)
        return self.assign(A[0], a, ty)

    def op_isspacep(self, q, Q, ty, A):
        shared = '((u64)%s-(u64)t->cta->smem<L.smem_total)' % self.value(A[1], 'u64')
        local = '((u64)%s-(u64)t->stack<L.stack_bytes)' % self.value(A[1], 'u64')
        space = self.space_of(q)
        if space not in ('shared', 'local', 'global'):
            raise Untranslatable('isspacep')
        tests = {'shared': shared, 'local': local, 'global': '!%s&&!%s' % (shared, local)}
        return self.assign(A[0], tests[space], 'pred')

    def op_barrier(self, q, Q, ty, A):
        if self.name == 'bar' and q[0] == 'warp':
            return 'warp_op(t,W_SYNC,0,0,0,%s,0);' % self.value(A[0], 'u32')
        if 'cluster' in Q or 'arrive' in Q:
            raise Untranslatable('barrier kind')
        if 'red' in Q:
            kind = 1 if 'popc' in Q else 2 if 'and' in Q else 3
            count = self.value(A[2], 'u32') if len(A) == 4 else '0'
            code = 'u64 r=barrier(t,%s,%s,%d,%s); ' % (self.value(A[1], 'u32'), count, kind, self.value(A[-1], 'pred'))
            return code + self.assign(A[0], 'r', 'u32' if kind == 1 else 'pred')
        count = self.value(A[1], 'u32') if len(A) > 1 else '0'
        return 'barrier(t,%s,%s,0,false);' % (self.value(A[0], 'u32'), count)

    def op_shfl(self, q, Q, ty, A):
        kind = [x for x in q if x in ('up', 'down', 'bfly', 'idx')][0].upper()
        dst = [d.strip() for d in A[0].split('|')]
        mask = self.value(A[4], 'u32') if 'sync' in Q else '0xffffffffu'
        code = 'bool pp; u32 v=(u32)warp_op(t,W_SHFL_%s,%s,%s,%s,%s,&pp); ' % (
            kind, self.value(A[1], 'u32'), self.value(A[2], 'u32'), self.value(A[3], 'u32'), mask)
        return code + self.assign(dst[0], 'v', 'u32') + (self.assign(dst[1], 'pp', 'pred') if len(dst) > 1 else '')

    def op_vote(self, q, Q, ty, A):
        kind = [x for x in q if x in ('ballot', 'all', 'any', 'uni')][0]
        mask = self.value(A[2], 'u32') if 'sync' in Q else '0xffffffffu'
        code = 'bool pp; u32 v=(u32)warp_op(t,W_%s,%s,0,0,%s,&pp); (void)v; ' % (
            kind.upper(), self.value(A[1], 'pred'), mask)
        return code + (self.assign(A[0], 'v', 'u32') if kind == 'ballot' else self.assign(A[0], 'pp', 'pred'))

    def op_match(self, q, Q, ty, A):
        dst = [d.strip() for d in A[0].split('|')]
        code = 'bool pp; u32 v=(u32)warp_op(t,W_MATCH_%s,%s,0,0,%s,&pp); ' % (
            'ANY' if 'any' in Q else 'ALL', self.value(A[1], ty), self.value(A[2], 'u32'))
        return code + self.assign(dst[0], 'v', 'u32') + (self.assign(dst[1], 'pp', 'pred') if len(dst) > 1 else '')

    def op_redux(self, q, Q, ty, A):
        kind = [x for x in q if x in ('add', 'min', 'max', 'and', 'or', 'xor')][0].upper()
        if kind in ('MIN', 'MAX'):
            kind += 'S' if ty == 's32' else 'U'
        code = 'u32 v=(u32)warp_op(t,W_REDUX_%s,%s,0,0,%s,0); ' % (
            kind, self.value(A[1], 'u32'), self.value(A[2], 'u32'))
        return code + self.assign(A[0], 'v', 'u32')

    def op_activemask(self, q, Q, ty, A):
        raise Untranslatable('activemask (the set of converged threads is not modelled)')

    def op_setp(self, q, Q, ty, A):
        joiner = [{'and': '&&', 'or': '||', 'xor': '!='}[x] for x in q[1:] if x in ('and', 'or', 'xor')]
        e = self.comparison(q[0], A[1], A[2], self.types[-1], 'ftz' in Q)
        other = self.value(A[3], 'pred') if joiner else None
        if self.name == 'set':
            if joiner:
                e = '((%s)%s%s)' % (e, joiner[0], other)
            if self.types[0] == 'f32':
                return self.assign(A[0], '(%s)?1.0f:0.0f' % e, 'f32')
            return self.assign(A[0], '(%s)?0xffffffffu:0u' % e, 'u32')
        dst = [d.strip() for d in A[0].split('|')]
        code = 'bool e=%s; ' % e + ('bool c=%s; ' % other if joiner else '')
        for d, v in zip(dst, ('e', '(!e)')):
            code += self.assign(d, '(%s %s c)' % (v, joiner[0]) if joiner else v, 'pred')
        return code

    def comparison(self, c, a, b, ty, flush):
        ops = {'eq': '==', 'ne': '!=', 'lt': '<', 'le': '<=', 'gt': '>', 'ge': '>=',
               'lo': '<', 'ls': '<=', 'hi': '>', 'hs': '>='}
        if ty in FLOATS:
            x, y = self.as_float(a, ty, flush), self.as_float(b, ty, flush)
            ordered = '(%s==%s&&%s==%s)' % (x, x, y, y)
            if c in ('num', 'nan'):
                return ordered if c == 'num' else '!' + ordered
            if c in ops:  # ordered comparison; != of C++ is true for NaN
                return '(%s&&%s%s%s)' % (ordered, x, ops[c], y)
            return '(!%s||%s%s%s)' % (ordered, x, ops[c[:-1]], y)
        view = self.unsigned if c in ('lo', 'ls', 'hi', 'hs') else self.number
        return '(%s%s%s)' % (view(a, ty), ops[c], view(b, ty))

    def op_selp(self, q, Q, ty, A):
        U = 'u%d' % BITS[ty]
        return self.assign(A[0], '%s?%s:%s' % (self.value(A[3], 'pred'), self.value(A[1], U), self.value(A[2], U)), U)

    # ---- integers

    def op_and(self, q, Q, ty, A):
        name = self.name
        if ty == 'pred':
            a = self.value(A[1], 'pred')
            if name == 'not':
                return self.assign(A[0], '!%s' % a, 'pred')
            joiner = {'and': '&&', 'or': '||', 'xor': '!='}[name]
            return self.assign(A[0], '%s%s%s' % (a, joiner, self.value(A[2], 'pred')), 'pred')
        U = 'u%d' % BITS[ty]
        a = self.value(A[1], U)
        if name in ('not', 'cnot'):
            return self.assign(A[0], '~%s' % a if name == 'not' else '%s==0?1:0' % a, U)
        return self.assign(A[0], '%s%s%s' % (a, {'and': '&', 'or': '|', 'xor': '^'}[name], self.value(A[2], U)), U)

    def op_shl(self, q, Q, ty, A):
        n, s = BITS[ty], self.value(A[2], 'u32')
        v = self.value(A[1], 'u%d' % n)
        return self.assign(A[0], '(%s>=%du?0:(u%d)(%s<<(%s&%d)))' % (s, n, n, v, s, n - 1), 'u%d' % n)

    def op_shr(self, q, Q, ty, A):
        n, s = BITS[ty], self.value(A[2], 'u32')
        if ty[0] == 's':
            return self.assign(A[0], '(%s>>(%s>=%du?%du:%s))' % (self.signed(A[1], ty), s, n, n - 1, s), 's%d' % n)
        return self.assign(A[0], '(%s>=%du?0:(%s>>(%s&%d)))' % (s, n, self.unsigned(A[1], ty), s, n - 1), 'u%d' % n)

    def op_shf(self, q, Q, ty, A):
        lo, hi, s = (self.value(z, 'u32') for z in A[1:4])
        code = 'u32 s=%s; %s u64 v=((u64)%s<<32)|%s; ' % (s, 's&=31;' if 'wrap' in Q else 's=s>32?32:s;', hi, lo)
        return code + self.assign(A[0], '(u32)((v<<s)>>32)' if 'l' in Q else '(u32)(v>>s)', 'u32')

    def op_lop3(self, q, Q, ty, A):
        if len(A) != 5:
            raise Untranslatable('lop3 with predicate')
        return self.assign(A[0], 'lop3(%s)' % ','.join(self.value(z, 'u32') for z in A[1:5]), 'u32')

    def op_prmt(self, q, Q, ty, A):
        if len(q) > 1:
            raise Untranslatable('prmt mode')
        return self.assign(A[0], 'prmt(%s)' % ','.join(self.value(z, 'u32') for z in A[1:4]), 'u32')

    def op_popc(self, q, Q, ty, A):
        return self.assign(A[0], '__builtin_popcountll(%s)' % self.value(A[1], 'u%d' % BITS[ty]), 'u32')

    def op_clz(self, q, Q, ty, A):
        n = BITS[ty]
        code = 'u%d v=%s; ' % (n, self.value(A[1], 'u%d' % n))
        return code + self.assign(A[0], 'v?__builtin_clzll((u64)v)-%d:%d' % (64 - n, n), 'u32')

    def op_brev(self, q, Q, ty, A):
        U = 'u%d' % BITS[ty]
        return self.assign(A[0], 'reverse_bits<%s>(%s)' % (U, self.value(A[1], U)), U)

    def op_bfe(self, q, Q, ty, A):
        U = 'u%d' % BITS[ty]
        e = 'bit_field_extract<%s>(%s,%s,%s,%s)' % (U, self.value(A[1], U), self.value(A[2], 'u32'),
                                                   self.value(A[3], 'u32'), 'true' if ty[0] == 's' else 'false')
        return self.assign(A[0], e, U)

    def op_bfi(self, q, Q, ty, A):
        U = 'u%d' % BITS[ty]
        e = 'bit_field_insert<%s>(%s,%s,%s,%s)' % (U, self.value(A[1], U), self.value(A[2], U),
                                                  self.value(A[3], 'u32'), self.value(A[4], 'u32'))
        return self.assign(A[0], e, U)

    def integer_type(self, ty):
        if ty is None or ty[0] not in 'usb' or ty not in BITS:
            raise Untranslatable('instruction')
        return BITS[ty], 'u%d' % BITS[ty]

    def op_add(self, q, Q, ty, A):
        n, U = self.integer_type(ty)
        sign = '+' if self.name.startswith('add') else '-'
        if 'sat' in Q:
            if ty != 's32' or self.name not in ('add', 'sub'):
                raise Untranslatable('sat')
            a, b = self.number(A[1], ty), self.number(A[2], ty)
            return self.assign(A[0], 'saturate<s32>((s64)%s%s(s64)%s)' % (a, sign, b), 's32')
        a, b = self.unsigned(A[1], ty), self.unsigned(A[2], ty)
        if 'cc' not in Q and self.name in ('add', 'sub'):
            return self.assign(A[0], '%s%s%s' % (a, sign, b), U)
        carry = '(u128)t->cc' if self.name in ('addc', 'subc') else '(u128)0'
        code = 'u128 v=(u128)%s%s(u128)%s%s%s; ' % (a, sign, b, sign, carry) + self.assign(A[0], '(%s)v' % U, U)
        return code + (' t->cc=(u32)(v>>%d)&1;' % n if 'cc' in Q else '')

    def op_mad(self, q, Q, ty, A):
        n, U = self.integer_type(ty)
        wide = ty[0].replace('b', 'u') + str(2 * n)
        product = '((%s)%s*(%s)%s)' % (wide, self.number(A[1], ty), wide, self.number(A[2], ty))
        if 'wide' in Q and self.name == 'mul':
            return self.assign(A[0], product, wide)
        if 'wide' in Q:
            U2 = 'u%d' % (2 * n)
            return self.assign(A[0], '(%s)%s+%s' % (U2, product, self.unsigned(A[3], U2)), U2)
        v = '(%s)%s' % (U, product) if 'lo' in Q else '(%s)(%s>>%d)' % (U, product, n)
        if self.name == 'mul':
            return self.assign(A[0], v, U)
        c = self.unsigned(A[3], ty)
        if 'cc' not in Q and self.name == 'mad':
            return self.assign(A[0], '(%s)(%s+%s)' % (U, v, c), U)
        carry = '(u128)t->cc' if self.name == 'madc' else '0'
        code = 'u128 v=(u128)(%s)(%s)+(u128)%s+%s; ' % (U, v, c, carry) + self.assign(A[0], '(%s)v' % U, U)
        return code + (' t->cc=(u32)(v>>%d)&1;' % n if 'cc' in Q else '')

    def op_div(self, q, Q, ty, A):
        n, U = self.integer_type(ty)
        a, b, div = self.number(A[1], ty), self.number(A[2], ty), self.name == 'div'
        by_zero = '~(%s)0' % U if div else '(%s)%s' % (U, a)
        e = '(%s)(%s%s%s)' % (U, a, '/' if div else '%', b)
        if ty[0] == 's':  # the most negative number by -1 overflows in C++
            e = '%s==-1?%s:%s' % (b, '(%s)(0-(%s)%s)' % (U, U, a) if div else '(%s)0' % U, e)
        return self.assign(A[0], '%s==0?%s:%s' % (b, by_zero, e), U)

    def op_min(self, q, Q, ty, A):
        self.integer_type(ty)
        a, b = self.number(A[1], ty), self.number(A[2], ty)
        return self.assign(A[0], '%s%s%s?%s:%s' % (a, '<' if self.name == 'min' else '>', b, a, b), ty)

    def op_abs(self, q, Q, ty, A):
        n, U = self.integer_type(ty)
        a = self.number(A[1], ty)
        return self.assign(A[0], '%s<0?(%s)0-(%s)%s:(%s)%s' % (a, U, U, a, U, a), U)

    def op_neg(self, q, Q, ty, A):
        n, U = self.integer_type(ty)
        return self.assign(A[0], '(%s)0-%s' % (U, self.unsigned(A[1], ty)), U)

    # ---- floats

    UNARY = {'sqrt': 'std::sqrt(%s)', 'rcp': '(1/%s)', 'abs': 'std::fabs(%s)', 'neg': '-%s'}

    def float_op(self, name, q, Q, ty, A):
        x = [None] + [self.as_float(z, ty, 'ftz' in Q) for z in A[1:]]
        if 'approx' in Q or 'full' in Q:
            raise Untranslatable('approximation (a GPU has other last bits)')
        if name in self.UNARY:
            e = self.UNARY[name] % x[1]
        elif name in ('fma', 'mad'):
            e = 'std::fma(%s,%s,%s)' % tuple(x[1:4])
        elif name in ('min', 'max'):
            e = 'float_%s(%s,%s)' % (name, x[1], x[2])
        else:
            e = '%s%s%s' % (x[1], {'add': '+', 'sub': '-', 'mul': '*', 'div': '/'}[name], x[2])
        mode = [DIRECTED[r] for r in q if r in DIRECTED]
        if mode:
            T = {'f32': 'float', 'f64': 'double'}[ty]
            e = 'rounded(%s,[=]()->%s{ %s x=%s; return x; })' % (mode[0], T, T, e)
        return self.finish_float(A[0], e, Q, ty)

    def finish_float(self, dst, e, Q, ty):
        if 'ftz' in Q:
            e = 'ftz(%s)' % e
        if 'sat' in Q:
            e = 'saturate_01<%s>(%s)' % ({'f32': 'float', 'f64': 'double'}[ty], e)
        return self.assign(dst, e, ty)

    def op_cvt(self, q, Q, ty, A):
        d, s = self.types
        if d not in C_TYPE or s not in C_TYPE:
            raise Untranslatable('cvt type')
        mode = ([x for x in q if x in TO_INTEGRAL or x in DIRECTED] or [None])[0]
        e = self.as_float(A[1], s, 'ftz' in Q) if s in FLOATS else self.number(A[1], s)
        if mode in TO_INTEGRAL:
            e = '%s(%s)' % (TO_INTEGRAL[mode], e)
        if d in FLOATS:
            T = {'f32': 'float', 'f64': 'double'}[d]
            if mode in DIRECTED:
                e = 'rounded(%s,[=]()->%s{ volatile auto y=%s; return (%s)y; })' % (DIRECTED[mode], T, e, T)
            return self.finish_float(A[0], '(%s)%s' % (T, e), Q, d)
        if s in FLOATS:
            return self.assign(A[0], 'float_to_int<%s>(%s)' % (d.replace('b', 'u'), e), d)
        return self.assign(A[0], ('saturate<%s>(%s)' if 'sat' in Q else '(%s)%s') % (C_TYPE[d], e), d)

    # ---- calls

    def call(self, rest):
        m = re.match(r'^(?:\(([^)]*)\)\s*,\s*)?([\w$%]+)\s*(?:,\s*\(([^)]*)\))?', rest, re.S)
        ret, name, args = m.groups()
        if name in ('__assertfail', '__assert_fail'):
            return 'die(t,ASSERT_FAILED,"device assertion failed");'
        args = split_operands(args or '')
        if name == 'vprintf':
            values = ['load<u64>(%s)' % self.memory_of(a)[0] if self.memory_of(a) else self.value(a, 'u64')
                      for a in args]
            return 'device_printf(t,%s,%s);' % tuple(values)
        f = self.module.funcs.get(name)
        if not f or f['body'] is None:
            raise Untranslatable('call of ' + name)
        self.program.need(name)
        offset, code = 0, ''
        for (_, size, align), a in zip(f['params'], args):
            offset = align_up(offset, align)
            source = self.memory_of(a)
            if source:
                code += 'memcpy(pb+%d,%s,%d); ' % (offset, source[0], size)
            else:
                code += 'store<u%d>(pb+%d,%s); ' % (size * 8, offset, self.value(a, 'u%d' % (size * 8)))
            offset += size
        self.local_bytes += offset + 16
        result = '(u8*)0'
        if ret:
            target = self.memory_of(ret.strip())
            if not target:
                raise Untranslatable('call returning into a register')
            result = target[0]
        return 'alignas(16) u8 pb[%d]; %sF_%s(t,pb,%s);' % (max(offset, 1), code, c_name(name), result)


def signature(f):
    return 'static void F_%s(Thr* t, const u8* P%s)' % (c_name(f['name']), '' if f['kind'] == 'entry' else ', u8* R')


class Program:
    """One kernel with everything it calls."""

    def __init__(self, module, kernel):
        self.module, self.kernel = module, module.funcs[kernel]
        self.shared, self.shared_bytes, self.vars = {}, 0, []
        self.needed, self.bodies = [kernel], []
        done = 0
        while done < len(self.needed):
            self.bodies.append(Function(self, module.funcs[self.needed[done]]))
            done += 1

    def need(self, name):
        if name not in self.needed:
            self.needed.append(name)

    def shared_offset(self, key, v):
        if key not in self.shared:
            self.shared[key] = align_up(self.shared_bytes, v['align'])
            self.shared_bytes = self.shared[key] + v['size']
        return self.shared[key]

    def variable_index(self, key):
        if key not in self.vars:
            self.vars.append(key)
        return self.vars.index(key)

    def source(self):
        f = self.kernel
        dynamic = [v['align'] for v in self.module.vars.values() if v['dynamic']]
        static = align_up(self.shared_bytes, max(dynamic + [16])) if dynamic else self.shared_bytes
        offset, layout = 0, []
        for _, size, align in f['params']:
            offset = align_up(offset, align)
            layout.append('{%d,%d}' % (offset, size))
            offset += size
        local = sum(b.local_bytes for b in self.bodies)
        out = ['#include "kernel.h"', 'static const u64 OFF_dyn=%dull;' % static]
        out += [signature(self.module.funcs[n]) + ';' for n in self.needed]
        out += [b.source() for b in self.bodies]
        out.append('static const ParamInfo params_[]={%s};' % ','.join(layout + ['{0,0}']))
        out.append('static const char* const vars_[]={%s};' % ','.join(['"%s"' % v for v in self.vars] + ['0']))
        stack = align_up(local * 4 + (48 << 10), 4096)
        out.append('extern "C" const KernelInfo ptx_kernel;')
        out.append('const KernelInfo ptx_kernel={F_%s,%d,%d,params_,%d,%d,%d,%d,%d,vars_};' % (
            c_name(f['name']), len(f['params']), offset, static, stack, local, min(f['max_threads'], 1024),
            len(self.vars)))
        return '\n'.join(out)


def translate(module, kernel):
    if kernel not in (f['name'] for f in module.kernels()):
        raise Untranslatable('no kernel ' + str(kernel))
    return Program(module, kernel).source()


def initial_bytes(v):
    """Bytes of a variable's initialiser, or None where it holds addresses."""
    data = b''
    for z in re.sub(r'[{}\s]', '', v['init'] or '').split(','):
        if re.match(r'^0[fF][0-9a-fA-F]{8}$', z):
            data += struct.pack('<I', int(z[2:], 16))
        elif re.match(r'^0[dD][0-9a-fA-F]{16}$', z):
            data += struct.pack('<Q', int(z[2:], 16))
        elif re.match(r'^-?(0[xX][0-9a-fA-F]+|\d+)$', z):
            data += (int(z, 0) & ((1 << (8 * v['element'])) - 1)).to_bytes(v['element'], 'little')
        elif z:
            return None
    return data


def variable_table(module):
    """One line a variable: name space bytes alignment hex ('-' if zero, '!' if its initialiser is not supported)."""
    lines = []
    for name, v in module.vars.items():
        if v['space'] not in ('global', 'const'):
            continue
        data = initial_bytes(v)
        text = '!' if data is None else data.rstrip(b'\0').hex() or '-'
        lines.append('%s %s %d %d %s' % (name, v['space'], v['size'], v['align'], text))
    return '\n'.join(lines) + '\n'
