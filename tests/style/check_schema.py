"""An independent validator agrees with the program on what a config is.

    check_schema.py PROGRAM SOURCE

Every config in configs/ and every experiment in experiments/ passes its JSON Schema. Every wrong one in tests/bad/ and
tests/bad-experiments/ is no YAML or fails it, but for those whose head says "# schema: accepts": what is wrong with
them no schema can state, and they pass.
"""
import itertools
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


def read_schema(program, options):
    return json.loads(subprocess.run([program, "schema", *options], stdout=subprocess.PIPE, check=True).stdout)


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
    accepts = ACCEPTS in itertools.takewhile(lambda line: line.startswith(b"#"), content.split(b"\n"))
    wrong = complaint(validator, content)
    if accepts and wrong is not None:
        return [f'{path}: the schema refuses it, so it must not say "{ACCEPTS.decode()}": {wrong}']
    return [] if accepts or wrong is not None else [f"{path}: passes the schema"]


def check(program, options, source, what, folders):
    schema = read_schema(program, options)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    good, bad = (sorted(pathlib.Path(source, folder).glob("*.yaml")) for folder in folders)
    problems = [problem for path in good for problem in check_good(validator, path)]
    problems += [problem for path in bad for problem in check_bad(validator, path)]
    if '"enum": []' in json.dumps(schema):
        problems.append(f"assay schema {' '.join(options)}: a choice between nothing, which strict validators refuse")
    for problem in problems:
        print(problem.replace("\n", " "))
    print(f"{len(good)} {what} and {len(bad)} wrong ones: {len(problems)} problems")
    return not problems and bool(good) and bool(bad)


def main(program, source):
    configs = check(program, [], source, "configs", ("configs", "tests/bad"))
    experiments = check(program, ["--experiment"], source, "experiments", ("experiments", "tests/bad-experiments"))
    return 0 if configs and experiments else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
