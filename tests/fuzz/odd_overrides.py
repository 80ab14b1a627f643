"""Odd words of the command line, over the config that fuzz_override.c has."""
import itertools
import re

import odd_texts
from odd_configs import DATA, MODELS, NUMERIC, PATHS, REFERENCES, SETTABLE, VALUES, STRAY_KEYS, bad_words, quoted, reference

# Words of the command line, several of them in a line.
OVERRIDES = """
extends=base.yaml|extends.a=1|knobs=[]|knobs={}|knobs=null|knobs.a=1 knobs.a.b=2|knobs.a={} knobs.a.b=2|knobs.a[0]=1
knobs.a=[] knobs.a[0]=2 knobs.a[1]=3 knobs.a[7]=3|knobs.dropout[2]=1|knobs.dropout[x]=1|knobs.dropout[=1|knobs.dropout[]=1
model[0]=relu|model[0]={}|model[0]=null|model[5]=relu|model[4]=null|model[4].linear=10|model[4].linear.units=10|model[4].relu=1
model=[{"linear":10}]|model=[]|model={}|model|a=|a[0][1]=2|name=a=b|name="|name=[
name={a:b|name=&a|name=*a|name=!x|name=a name=b|train.optimizer=adam|train.optimizer=sgd|train.optimizer={"sgd":1}|NAME=1
train.optimizer.adam={}|train.optimizer.adam.learning_rate=1|train.optimizer.sgd.schedule={}|train.early_stopping=null
train.early_stopping.patience=1|train.early_stopping={}|data.dataset={"idx":{}}|data.dataset.idx.train_images=x|data.dataset=mnist
train.penalty.lambda=1|train.penalty=null|train.penalty={}|knobs.pool.type=max|knobs.pool=max|knobs.pool={"type":"max"}|model[2].pool=max
model[2].pool.size=1|model[2]=pool|knobs.pool.p=${knobs.dropout[0]}|knobs.a=${knobs.a}|n\xE9=1|name=${knobs.activation}|name=\x01|name=\x7F
train.max_epochs=1.5|train.max_epochs=1e3|train.max_epochs=-1|train.max_epochs=99999999999|train.max_epochs=true
train.shuffle=yes|train.shuffle="true"|train.shuffle=1|train.shuffle=null|Train.max_epochs=1
"""


def override():
    yield from ("\n".join(words.split(" ")) for words in re.split(r"[|\n]", OVERRIDES.strip()))
    yield from (f"{path}=1" for path in PATHS)
    yield from ("\n".join(words) for words in bad_words())
    paths = ("knobs.activation", "knobs.dropout", "knobs.pool.p", "model[0]", "train.batch_size", "train.optimizer")
    for path, said in itertools.product(paths, REFERENCES):
        said = said.replace("knobs.a", "knobs.dropout")
        yield f"{path}={said}"
        yield f"{path}=[{quoted(said)}]\nname={said}"
        yield f"{path}={said}\n{path}.a=1"
    yield "\n".join((f"knobs.dropout=[{', '.join(quoted(f'${{knobs.dropout[{k}]}}') for k in range(1, 25))}, 0.5]",
        "knobs.activation=tanh"))
    for times in (20, 21):  # aliases that repeat less than 10,000 nodes, and more
        yield f"model=[linear: 10]\nknobs={{a: &a [{'1, ' * 20}1], b: &b [{'*a, ' * 20}*a], c: [{'*b, ' * times}*b]}}"
    yield f"model=[linear: 10]\nknobs={{a: &a {'[' * 20}1{']' * 20}, b: {'[' * 20}*a{']' * 20}}}"
    yield from (f"model=[linear: 10]\nknobs={knobs}" for knobs in (
        "{}", "{a: {}}", "{a: []}", "{a: [], b: {c: {}}}", "[]", "{a: [true, false, null, 'true']}"))
    yield from (f"train.optimizer={value}\ntrain.optimizer.sgd.momentum=0.5\ntrain.optimizer.sgd=0.1" for value in VALUES)
    yield from ("model[0]=null\nmodel[0].conv.maps=3", "model[0]=[]\nmodel[0].conv.maps=3", "knobs=null\nknobs.a=1",
                "train.optimizer.x.y=1", "train.optimizer=null\ntrain.optimizer.x=1",
                "knobs.activation=${knobs.pool.p}\nknobs.pool.p=${knobs.activation}",
                "knobs.dropout=[1, 2, 3]\nknobs.activation=${knobs.dropout[0]}")
    yield from (f"knobs.dropout={'[' * depth}1{']' * depth}" for depth in (30, 31))
    yield f"model=[linear: 10]\nknobs={{{', '.join(f'k{i}: 1' for i in range(12))}}}\nknobs.nope=1"
    many = f"[&a [{'1, ' * 20}1], &b [{'*a, ' * 20}*a], {'*b, ' * 12}1]"  # nodes, and then more than 100,000 of them
    yield f"knobs.dropout={many}\nknobs.activation=[{(reference('knobs.dropout') + ', ') * 18}1]"
    yield f"knobs.dropout={'[' * 20}1{']' * 20}\nknobs.activation={'[' * 20}{reference('knobs.dropout')}{']' * 20}"
    yield "\n".join((f"knobs.dropout=[{'1, ' * 60}1]", f"knobs.pool=[{(reference('knobs.dropout') + ', ') * 8}1]",
                     f"knobs.activation=[{(reference('knobs.pool') + ', ') * 8}1]",
                     f"name=[{(reference('knobs.activation') + ', ') * 5}1]"))
    for value in odd_texts.SCALARS:
        yield from (f"{path}={value}" for path in (
            "name", "knobs.activation", "train.max_epochs", "train.optimizer.sgd.learning_rate", "train.shuffle", "data.split_seed",
            "model[4].linear.name", f"model[{value}]", f"knobs.{value}", f"{value}.a"))
    for content in odd_texts.files():
        yield content.replace(b"\n", b" ")
        yield b"name=" + content.replace(b"\n", b" ")
        yield b"knobs.pool=" + content.replace(b"\n", b" ")
    yield from (f"data={{dataset: digits, {said}}}" for said in DATA)
    yield from (f"knobs.pool.{key}" for key in ("type=max", "p=null", "pad=1", "pad=9", "stride=99", "size=0"))
    yield from (key.replace(": ", "=") for key in STRAY_KEYS)
    yield from (f"train.{key}".replace(": ", "=") for key in STRAY_KEYS)
    yield from (f"model=[{model}]" for model in MODELS)
    for path, value in itertools.product(SETTABLE, VALUES):
        yield from (f"{path}={value}", f"{path}={value}\n{path}.a=1", f"{path}={value}\n{path}[0]=1")
    yield from (f"{path}={value}" for path, value in itertools.product(NUMERIC, odd_texts.NUMBERS))
    yield "\n".join(f"{path}.nothing=1" for path in SETTABLE[:8])
