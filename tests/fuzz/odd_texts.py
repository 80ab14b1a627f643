"""Texts that are odd wherever one may stand: characters, numbers, and YAML that is none or hardly any."""

OF_EACH_LENGTH = ("a", "\xE9", "\u20AC", "\U0001F600")
# And control characters, and what is like them.
CHARACTERS = (
    *OF_EACH_LENGTH, "\x7F", "\x80", "\x9F", "\xA0", "\u061C", "\u200E", "\u2028", "\u202E", "\u2066", "\uFEFF", "\uFFFE", "\U0010FFFF",
)
# Characters that are cut off, longer than need be, or none.
NO_UTF8 = (
    b"\x80", b"\xBF", b"\xC3", b"\xC3a", b"\xC0\x80", b"\xE2\x82", b"\xE2a\x82", b"\xE2\x82a", b"\xE0\x80\x80", b"\xED\xA0\x80",
    b"\xF0\x9F\x98", b"\xF0\x9F\x98a", b"\xF0\x80\x80\x80", b"\xF4\x90\x80\x80", b"\xF8\x88\x80\x80\x80", b"\xFF",
)
# What is a whole number, what is another one, and what only looks like one.
NUMBERS = (
    "0", "-1", "2", "16.0", "1_6", "1_6.0", "01", "0_1", "00", "-01", "+01", "+1", "-0", "+", "-", "_1", "1_", "0_", "--1", "1-", "1 2",
    "1e", "1e+", "1e-", "e5", "1e5", "1E5", "1e+5", "1e-5", "1.", ".5", ".", "-.", "-.5e-5", "0.0", "0e0", "0.0e99", "1e400", "-1e400",
    "1e-400", ".inf", "-.inf", ".nan", "inf", "nan", "0x1F", "0b1", "0o7", "5%", "-5%", "%", "1/3", "1,5", "2147483647", "2147483648",
    "-2147483649", "9007199254740992", "9007199254740993", "-9007199254740993", "9223372036854775807", "9223372036854775808",
    "-9223372036854775808", "-9223372036854775809", "18446744073709551616", "1" * 25, "1_" * 20 + "1", "1" * 400, "0." + "0" * 350 + "1",
    "0.1000000000000000055511151231257827021181583404541015625", "1e14", "1e15", "1e22", "9.9999999999999995e22", "123456789012345678",
    "0.0001", "0.00001", "0.30000000000000004", "0.999999999999999999", "2.2250738585072011e-308", "4.9e-324", "1.7976931348623159e308",
    "'1'", "'1.5'", "'0x1'", "''", "''' '",
)
CHOICES = ("true", "True", "TRUE", "'true'", "yes", "no", "On", "off", "y", "~", "Null")
# Of 40, 64 and 65 characters of each length, with escapes, and such that have to be quoted.
WORDS = (
    "a", "A", "a b", "a-b", "-a", ".a", "_a", "9a", "a.", "a/b", "a+b", "'a '", "' a'", "a#b", "a'b", '"a\\"b"', "'\\'", "'a\tb'",
    '"\\t\\n\\r\\b\\f"', '"\\0"', '"\\e"', '"\\x7f"', '"\\x80"', '"\\u0085"', '"\\u202e"', '"\\ufeff"', '"\\uffff"', '"\\ud800"',
    '"\\U00110000"', '"\\xZZ"', '"\\q"', '"\\', "x" * 41, "x" * 64, "x" * 65, "x" * 300, "\xE9" * 21, "\xE9" * 33, "a" + "\xE9" * 21,
    "\u20AC" * 14, "a" + "\u20AC" * 14, "aa" + "\u20AC" * 14, *(f"{'a' * shift}{chr(0x1F600) * 11}" for shift in range(4)), "yes", "No",
    "oN", "null", "'null'", "N", "Y",
)
# Files that YAML does not allow, or nobody writes.
YAML = (
    "[", "{", '"', "'", '"a', "a: 'b", 'a: "b\nc: d', "a: [1, 2", "a: {b: 1", "a: {b 1}", "a: [1 2]", "a: [b: c: d]", "a: b: c",
    "a:\n\tb: c", "\ta: b", "a: [\n\tb]", "a: @b", "a: `b", "a: %b", "%YAML 9.9\n---\na: b", "%YAML 1.1\n---\na: b", "%TAG ! a\n---\n",
    "%FOO x\n---\n", "%", "---\na: b\n...\nc", "...", "---\n---\n", "a: b\n---\nc: d", "a: |\n  text\n b", "a: >2\n  x", "a: |x",
    "a: |9+\n", "a: >-\n  b\n  c\n", "a: ? b", "? a\n: b", "? [a]\n: b", "? {a: 1}\n: b", "[a]: 1", "{[a]: 1}", "{{a: 1}: 1}", "a: !<x",
    "a: !<x> y", "!! a", "a: !!int", "a: !b [c]", "!!map {a: 1}", "a: &", "a: *", "a: *b", "a: &a b\n*a : c", "a: &a\nb: *a",
    "a: &a [*a]", "a: &a {b: &b 1}\nc: *b\nd: *a", "a: &x 1\nb: &y 2\nc: &z 3\nd: *x", "a: [&x 1, *y]", "a: [${knobs.a}]",
    "a: {b: ${knobs.a}}", "a: [a[0].b]", "a: {a[0]: b}", "a: ${knobs.a", "[a: b\nc]", "a: [b\nc: d", "a: [\n\n1 2\n3: {",
    "a: {\n\nb\n: [", "a: [b,\n c: d: e]", "a: {b: c,\n d: e: f}", "{a: 1, a: 2}", "a: 1\na: 2", "a: 1\nb: 2\na: 3",
    "a: {b: 1,\n b: 2, b: 3}", "a: - b", "- a\nb: c", "a: b\n- c", "a:\n  b: c\n d: e", "a\nb", "a\nb: c", "a b: c\n d", "-", "- -",
    ": a", "?", "[?]", "{:}", "{,}", "[,]", '""', "''", "~", "null", "x", "1", '"": 1', "'': 1", "<<: {a: 1}", '"<<": 1', "a:b",
    "a: b #c", "#", "\r\n", "a: 1\r\nb: 2\r\n", "a: 1\rb", "a: 1\r", "\n\n\n  \n", "a: [[[]]]", "a: {{}}", "a: '${'", "a: ${b}", "a: [$]",
    "[$", "[${", '["x" ${b}]', '["x" $b]', '["x" [0]]', '{"x" ${b}}', "{ ${a}: 1 }", "[ [ x[", "[x[0]", "{x{", "]", "}", "a: ]", "a: b]",
    "a: [}", "a: {]", "a: '\t'", "a: \"b\tc\"", "a: b\tc", "\"a\tb\": 1", "\"a\\tb\": 1", "\"a\\nb\": 1", "\"a\\x7fb\": 1", "a: b\n\tc",
    "a:\t- b", "-\ta", "a: |\n\tb",
)


PLAIN = (
    "{}", "[]", "null", '"x"', "1", "true", '""', '"null"', "[null]", '{"a": null}', '{"a": 1, "b": [2]}', '[[], {}]', "[1, 1]",
    '"${knobs.activation}"', '"${knobs.nope}"',
)
SCALARS = (*NUMBERS, *CHOICES, *WORDS)


def long_lines():
    """Lines of which a part alone is shown, with something wrong at their beginning, in their midst and at their end."""
    for character in OF_EACH_LENGTH:
        for shift in range(len(character.encode())):
            filling = "a" * shift + character * (150 // len(character.encode()))
            yield f'{{x: 1, "{filling}": 1, x: 2, "{filling}": 1, x: 3}}'
            yield f"# {filling}\na: '{filling}' b '{filling}'"
            yield f"a: '{filling}\tb' [\t{filling}"


def files():
    """Whole files, as bytes."""
    yield from (text.encode() for text in (*YAML, *long_lines()))
    for character in (*(character.encode() for character in CHARACTERS), *NO_UTF8):
        yield from (before + character + behind for before, behind in
                    ((b"", b""), (b"a: ", b""), (b"a: ", b"\nb: [\n"), (b"# ", b"\n]"), (b"'", b"': 1"), (b"a: '", b"' b")))
