"""An independent validator agrees with the program on what a config is.

    check_schema.py PROGRAM|SCHEMA.json SOURCE

Every config in configs/ passes the JSON Schema. Every wrong one in tests/bad/ is no YAML or fails it, but for those
whose head says "# schema: accepts": what is wrong with them no schema can state, and they pass.
"""
import json
import pathlib
import subprocess
import sys

SKIPPED = 77
ACCEPTS = b"# schema: accepts"

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"skipped: python3 has no module {missing.name} (Debian: apt install python3-yaml python3-jsonschema)")
    sys.exit(SKIPPED)


def read_schema(path):
    if path.endswith(".json"):
        return json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    return json.loads(subprocess.run([path, "schema"], stdout=subprocess.PIPE, check=True).stdout)


def complaint(validator, content):
    """What others find wrong with a file, None for nothing. PyYAML reads YAML 1.1, where 1e-3 is text."""
    try:
        config = yaml.safe_load(content)
    except (yaml.YAMLError, ValueError) as error:  # ValueError: !!int, and numbers such as 0o10
        return f"no YAML: {error}"
    error = jsonschema.exceptions.best_match(validator.iter_errors(config))
    return None if error is None else f"{error.json_path}: {error.message}"


def check_good(validator, path):
    wrong = complaint(validator, path.read_bytes())
    return [] if wrong is None else [f"{path}: fails the schema: {wrong}"]


def check_bad(validator, path):
    content = path.read_bytes()
    accepts = ACCEPTS in content.split(b"\n")[:2]
    wrong = complaint(validator, content)
    if accepts and wrong is not None:
        return [f'{path}: the schema refuses it, so it must not say "{ACCEPTS.decode()}": {wrong}']
    return [] if accepts or wrong is not None else [f"{path}: passes the schema"]


def main(program, source):
    schema = read_schema(program)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    good = sorted(pathlib.Path(source, "configs").glob("*.yaml"))
    bad = sorted(pathlib.Path(source, "tests/bad").glob("*.yaml"))
    problems = [problem for path in good for problem in check_good(validator, path)]
    problems += [problem for path in bad for problem in check_bad(validator, path)]
    for problem in problems:
        print(problem.replace("\n", " "))
    print(f"{len(good)} configs and {len(bad)} wrong ones: {len(problems)} problems")
    return 1 if problems or not good or not bad else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
