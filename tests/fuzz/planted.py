#!/usr/bin/env python3
"""Eleven bugs, planted one by one: the corpus or so many executions of the fuzzer must find each.

    tests/fuzz/planted.py [--executions N] [NUMBER ...]

Works on a copy of the sources in a temporary directory. Exit code 1 where a bug was not found, or one cannot be planted any more."""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))

# What it is, the target that has to find it, the file, what stands there, what stands there instead.
BUGS = [
    ('a size of dimensions that may overflow', 'idx', 'src/base/memory.c',
     'if (dimensions[i] == 0 || !size_multiply(product, dimensions[i], &product))',
     'if (dimensions[i] == 0 || (product = (unsigned)(product * dimensions[i]), false))'),
    ('gzip that is cut passes for whole', 'idx', 'src/io/input.c',
     'input->member_ended || input_fail(input, "the gzip data end too soon")', 'true'),
    ('a checkpoint of more rows than there is room for', 'checkpoint', 'src/train/checkpoint.c',
     'state->rows <= settings->options->max_epochs &&', ''),
    ('a checkpoint whose length is not looked at', 'checkpoint', 'src/train/checkpoint.c',
     'if (length != size_with_rows(trainer, head.state.rows))', 'if (length < BODY_AT + sizeof head)'),
    ('a header that goes on behind the file', 'safetensors', 'src/io/safetensors.c', ' || declared > length - LENGTH_SIZE', ''),
    ('more dimensions than there is room for', 'safetensors', 'src/io/safetensors.c', 'shape->count > TENSOR_RANK_LIMIT',
     'shape->count > TENSOR_RANK_LIMIT + 1'),
    ('a quoted cell that runs off the end', 'csv', 'src/io/csv.c', "if (character == '\\0')", "if (character == '\\0' && !quoted)"),
    ('a list deeper than there is room for', 'json', 'src/io/json_read.c', 'reader->depth == JSON_DEPTH_LIMIT',
     'reader->depth > JSON_DEPTH_LIMIT'),
    ('a frame more than there is room for', 'yaml', 'src/io/tree_build.c', 'builder->depth == TREE_DEPTH_LIMIT',
     'builder->depth > TREE_DEPTH_LIMIT'),
    ('a path of a step too many', 'override', 'src/spec/walk.c', 'walk->count == WALK_STEPS', 'walk->count > WALK_STEPS'),
    ('a claim about a point that is not there', 'experiment', 'src/spec/claims.c',
     'points[0] != SIZE_MAX && points[1] != SIZE_MAX &&', 'points[0] != SIZE_MAX &&'),
]


def copy_sources(target):
    names = subprocess.run(['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard', 'src', 'include', 'tests', 'tools', 'docs', 'configs',
                            'experiments', 'meson.build', 'meson_options.txt'], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in names.split('\0'):
        if name and os.path.exists(os.path.join(ROOT, name)):
            os.makedirs(os.path.dirname(os.path.join(target, name)), exist_ok=True)
            shutil.copy(os.path.join(ROOT, name), os.path.join(target, name))


def build(sources, program):
    subprocess.run(['ninja', '-C', os.path.join(sources, 'build'), 'tests/fuzz/' + program], check=True, stdout=subprocess.DEVNULL)


def find(sources, target, executions):
    """How the target ended, and after how many executions; None where it found nothing."""
    inputs = os.path.join(sources, 'inputs')
    shutil.rmtree(inputs, ignore_errors=True)
    os.makedirs(inputs)
    corpus = os.path.join(sources, 'tests/fuzz/corpus', target)
    done = subprocess.run([os.path.join(sources, 'build/tests/fuzz/fuzz_' + target), f'-runs={executions}', '-seed=1', '-max_len=2400',
                           '-timeout=3600', '-rss_limit_mb=1500', '-malloc_limit_mb=64', '-artifact_prefix=' + inputs + '/', inputs, corpus],
                          capture_output=True, text=True, errors='replace', env={**os.environ, 'ASAN_OPTIONS': 'allocator_may_return_null=1'})
    if done.returncode == 0:
        return None
    lines = done.stderr.splitlines()
    counts = [int(line[1:].split()[0]) for line in lines if line.startswith('#') and line[1:2].isdigit()]
    words = [line for line in lines if 'runtime error' in line or 'ERROR: ' in line or 'not so: ' in line or 'Assertion' in line]
    return counts[-1] if counts else 0, (words or ['?'])[0].strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--executions', type=int, default=1_000_000)
    parser.add_argument('numbers', nargs='*', type=int)
    arguments = parser.parse_args()
    missed = 0
    with tempfile.TemporaryDirectory() as sources:
        copy_sources(sources)
        subprocess.run(['meson', 'setup', os.path.join(sources, 'build'), sources, '-Dtests=enabled', '-Dfuzz=true', '--buildtype=debugoptimized'],
                       check=True, stdout=subprocess.DEVNULL, env={**os.environ, 'CC': 'clang'})
        for number in arguments.numbers or range(1, len(BUGS) + 1):
            what, target, name, there, planted = BUGS[number - 1]
            path = os.path.join(sources, name)
            with open(path) as file:
                text = file.read()
            if text.count(there) != 1:
                print(f'{number:2} {what}: {name} has {text.count(there)} places for it', flush=True)
                missed += 1
                continue
            with open(path, 'w') as file:
                file.write(text.replace(there, planted))
            start = time.time()
            build(sources, 'fuzz_' + target)
            found = find(sources, target, arguments.executions)
            print(f'{number:2} {what} ({target}): ' + (f'found by execution {found[0]:,}, {time.time() - start:.0f} s: {found[1]}' if found
                                                       else f'NOT FOUND in {arguments.executions:,} executions'), flush=True)
            missed += found is None
            with open(path, 'w') as file:
                file.write(text)
    sys.exit(1 if missed else 0)


if __name__ == '__main__':
    main()
