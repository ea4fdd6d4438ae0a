"""Files are compiled as one only if that makes no difference: usage: groups_test.py PATH_OF_UNITY_GROUPS."""
import pathlib
import subprocess
import sys
import tempfile

SHARED = 'namespace a {\nint shared_thing(int value);\n}\n'
FIRST = '''#include "shared.hpp"
namespace a {
namespace {
template <class T = int>
T made(T a = {}) { return a; }
int hidden(int value) { return value; }
}
int first() { return hidden(1); }
}
'''


def groups(**files):
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for name, text in files.items():
            path = pathlib.Path(folder, name.replace('_', '.'))
            path.write_text(text)
            if path.suffix == '.cpp':
                paths.append(str(path))
        command = [sys.executable, sys.argv[1], '10', folder, *paths]
        out = subprocess.run(command, check=True, capture_output=True, text=True)
        found = {}
        for line in out.stdout.splitlines():
            number, path = line.split('=')
            found.setdefault(number, []).append(pathlib.Path(path).stem)
        return sorted(found.values())


def with_first(second):
    return groups(shared_hpp=SHARED, one_cpp=FIRST, two_cpp=second)


TOGETHER = [['one', 'two']]
# What the second file has in namespace a, and before it.
CASES = [
    ('names of its own', 'int second() { return 2; }', '', TOGETHER),
    ('the same hidden name', 'namespace { int hidden() { return 2; } }', '', []),
    ('a name that another one hides', 'int second() { return hidden(2); }', '', []),
    ('a local that is named so', 'int second() { int hidden = 2; return hidden; }', '', []),
    ('a member that is named so', 'template <class T> int second(T t) { return t.hidden; }', '', TOGETHER),
    ('the name in a text and a comment', '// hidden\nconst char* second() { return "hidden"; }', '', TOGETHER),
    ('a header that it forgot', 'int second() { return shared_thing(2); }', '', []),
    ('that header, read', 'int second() { return shared_thing(2); }', '#include "shared.hpp"\n', TOGETHER),
    ('macros', 'int second() { return two; }', '#define two 2\n', []),
    ('macros of others', 'int second() { return lines; }', '#include <term.h>\n', []),
    ('another using namespace', 'int second() { return 2; }', 'using namespace std;\n', []),
    ('a value of an enumeration', 'namespace { enum Kind { hidden }; }', '', []),
    ('a constant outside of any unnamed namespace', 'constexpr int hidden = 2;', '', []),
]

failures = 0
for name, second, before, expected in CASES:
    found = with_first(f'{before}namespace a {{\n{second}\n}}\n')
    if found != expected:
        failures += 1
        print(f'{name}: {found}, not {expected}')
using = '#include "shared.hpp"\nnamespace a {\nnamespace {\nusing b::Thing;\n}\nThing* make();\n}\n'
if groups(shared_hpp=SHARED, one_cpp=using, two_cpp=using) != TOGETHER:
    failures += 1
    print('the same using-declaration in both')
print(f'{len(CASES) + 1} cases, {failures} failures')
sys.exit(failures != 0)
