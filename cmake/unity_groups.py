#!/usr/bin/env python3
"""Prints which files may be compiled as one, as lines GROUP=FILE; a file that is not named is compiled alone.

    unity_groups.py MOST INCLUDES FILE...

MOST is the size of a group, INCLUDES the folders of the project's headers (a:b). Files join a group only if it makes
no difference to any of them: no word of one is a name that another keeps to itself, or that a header declares which
only the others read. So a file that forgets a header fails here as it does alone.
"""
import functools
import os
import re
import sys

TOKEN = re.compile(
    r'''(?P<raw>\b(?:u8|u|U|L)?R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)")'''
    r'''|(?P<comment>//[^\n]*|/\*.*?\*/)'''
    r'''|(?P<text>"(?:\\.|[^"\\\n])*"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+')'''
    r'''|(?P<directive>^[ \t]*\#(?:\\\n|[^\n])*)'''
    r'''|(?P<word>[A-Za-z_]\w*)|(?P<number>\d[\w.']*)|(?P<sign>::|->|&&|[^\s\w])''',
    re.S | re.M)

KEYWORDS = frozenset('''alignas auto bool char class co_await co_return const consteval constexpr constinit continue
decltype default delete do double else enum explicit extern false final float for friend if inline int long mutable
namespace new noexcept nullptr operator override private protected public requires return short signed sizeof static
static_assert std struct switch template this throw thread_local true try typedef typename union unsigned using virtual
void volatile while'''.split())
CLASSES = ('struct', 'class', 'enum', 'union')
# Of other people, with macros that are words: `lines`, `tab`, `erase`.
WITH_MACROS = ('curses.h', 'term.h')


def is_word(token):
    return token[0].isalpha() or token[0] == '_'


def closing(tokens, at):
    """Where what opens at `at` is closed."""
    opening, depth = tokens[at], 0
    closed = {'{': '}', '(': ')', '<': '>'}[opening]
    while at < len(tokens):
        depth += (tokens[at] == opening) - (tokens[at] == closed)
        if depth == 0:
            break
        at += 1
    return at


def is_function(declaration):
    """Whether braces that come now are its body: an initialiser or a class goes on to its semicolon."""
    if '(' not in declaration or declaration[0] in CLASSES:
        return False
    before = declaration[:declaration.index('(')]
    return '=' not in before or 'operator' in before


class File:
    """The names that a file declares at the level of namespaces, and the words that it looks up."""

    def __init__(self, path):
        self.path = path
        self.own = {}           # name: the using-declaration that it is from, or None; seen by this file alone
        self.shared = set()     # names for every file that includes this one
        self.words = set()
        self.qualified = set()  # (qualifier, word)
        self.spaces = set()     # namespaces that are opened
        self.directives = set()  # using namespace
        self.includes = []
        self.has_macros = False
        with open(path, encoding='utf-8') as file:
            tokens = self.tokens_of(file.read())
        self.read_declarations(tokens)
        self.read_words(tokens)

    def tokens_of(self, text):
        tokens = []
        for match in TOKEN.finditer(text):
            token = match.group()
            if match['directive']:
                include = re.match(r'\s*#\s*include\s*([<"])(.*)[>"]', token)
                if include and include[1] == '"':
                    self.includes.append(include[2])
                self.has_macros |= include is not None and include[2] in WITH_MACROS
                self.has_macros |= re.match(r'\s*#\s*(define|undef)\b', token) is not None
            elif match['raw'] or match['text']:
                tokens.append('""')
            elif not match['comment']:
                tokens.append(token)
        return tokens

    def read_words(self, tokens):
        for at, token in enumerate(tokens):
            if not is_word(token) or token in KEYWORDS:
                continue
            before = tokens[at - 1] if at else ''
            if before == '::' and at > 1 and is_word(tokens[at - 2]):
                self.qualified.add((tokens[at - 2], token))
            elif before not in ('.', '->'):
                self.words.add(token)

    def read_declarations(self, tokens):
        anonymous = []
        declaration = []
        at = 0
        while at < len(tokens):
            token = tokens[at]
            at += 1
            if token == '}':
                del anonymous[-1:]
                declaration = []
            elif token == ';':
                self.declare(declaration, any(anonymous))
                declaration = []
            elif token == '(':
                at = closing(tokens, at - 1) + 1
                declaration += ['(', ')']
            elif token == '<' and declaration == ['template']:
                at = closing(tokens, at - 1) + 1
                declaration = []
            elif token != '{':
                declaration.append(token)
            elif 'namespace' in declaration[:2] and '=' not in declaration:
                anonymous.append(len(declaration) == 1)
                self.spaces.update(filter(is_word, declaration))
                declaration = []
            else:
                end = closing(tokens, at - 1)
                if 'enum' in declaration and not {'class', 'struct'} & set(declaration):
                    for word in filter(is_word, tokens[at:end]):
                        self.add(word, any(anonymous))
                at = end + 1
                declaration.append('{}')
                # Members that a constructor initialises with braces come before its body.
                if is_function(declaration) and tokens[at:at + 1] not in ([','], ['{']):
                    self.declare(declaration, any(anonymous))
                    declaration = []

    def add(self, name, is_own, using=None):
        # Names in capitals are macros of libraries: TEST_CASE.
        if name and name not in KEYWORDS and not name.isupper():
            if is_own:
                self.own[name] = using
            else:
                self.shared.add(name)

    def declare(self, declaration, anonymous):
        if not declaration:
            return
        if declaration[0] in ('using', 'namespace'):
            if declaration[1] == 'namespace':
                self.directives.add(declaration[-1])
            else:
                name = declaration[1] if '=' in declaration else declaration[-1]
                self.add(name, True, ' '.join(declaration))
                self.shared.add(name)
            return
        for at, token in enumerate(declaration):
            if token in CLASSES and '<' not in declaration[:at]:
                names = [t for t in declaration[at + 1:] if t not in ('class', 'struct', '[', ']', 'nodiscard')]
                if names:
                    self.add(names[0], anonymous)
                if '(' not in declaration[at:]:
                    return
                break
        is_own = anonymous or 'static' in declaration or 'constexpr' in declaration or (
            'const' in declaration and '(' not in declaration)
        name = self.declared_name(declaration)
        self.add(name, is_own)
        if is_own and not anonymous:
            self.shared.add(name)

    @staticmethod
    def declared_name(declaration):
        name, depth = '', 0
        for token in declaration:
            if token == '<' and name:
                depth += 1
            elif token == '>' and depth:
                depth -= 1
            elif depth == 0 and token in ('(', '=', '{}', '[', ':') and name and name not in KEYWORDS:
                return name
            elif depth == 0 and is_word(token):
                name = token
        return name

    def looks_up(self, name, spaces):
        return name in self.words or any((space, name) in self.qualified for space in spaces)

    def has_all_of(self, name, using):
        """Whether the name, which another file's using-declaration brings, is the same thing here."""
        if using is None:
            return False
        if self.own.get(name) == using:
            return True
        path = using.split()
        if name in self.own or '=' in path or '::' not in path:
            return False
        space = path[len(path) - 3]
        return space in self.spaces or space in self.directives


class Headers:
    def __init__(self, folders):
        self.folders = folders

    @functools.lru_cache(maxsize=None)
    def path_of(self, include):
        return next((p for p in (os.path.join(f, include) for f in self.folders) if os.path.isfile(p)), None)

    @functools.lru_cache(maxsize=None)
    def file(self, path):
        return File(path)

    def read_by(self, source):
        found, waiting = set(), [source]
        while waiting:
            for include in waiting.pop().includes:
                path = self.path_of(include)
                if path and path not in found:
                    found.add(path)
                    waiting.append(self.file(path))
        return found


def are_apart(a, b):
    return not any(
        two.looks_up(name, one.spaces) and not two.has_all_of(name, using)
        for one, two in ((a, b), (b, a)) for name, using in one.own.items())


def needs_only_its_own(source, others, headers):
    """Whether no word of the file is declared by a header that only the other files read."""
    foreign = set().union(*(other.headers for other in others)) - source.headers
    names = set()
    for header in foreign:
        names |= headers.file(header).shared
    return not names & source.all_words


def groups_of(sources, most, headers):
    groups = []
    for source in sources:
        if source.has_macros:
            continue
        for group in groups:
            if len(group) < most and group[0].directives == source.directives and \
                    needs_only_its_own(source, group, headers) and all(are_apart(source, other) for other in group):
                group.append(source)
                break
        else:
            groups.append([source])
    return groups


def main():
    headers = Headers(sys.argv[2].split(':'))
    sources = [File(path) for path in sys.argv[3:]]
    for source in sources:
        source.headers = headers.read_by(source)
        source.all_words = source.words | {word for _, word in source.qualified}
    for number, group in enumerate(groups_of(sources, int(sys.argv[1]), headers)):
        if len(group) > 1:
            for source in group:
                print(f'{number}={source.path}')


if __name__ == '__main__':
    main()
