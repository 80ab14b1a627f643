"""Writes the C example of docs/adding-a-layer.md to a file: everything in its ```c blocks, in order."""
import re
import sys

with open(sys.argv[1], encoding="utf-8") as document:
    blocks = re.findall(r"^```c\n(.*?)^```", document.read(), re.S | re.M)
if not blocks:
    sys.exit(f"{sys.argv[1]}: no ```c block")
with open(sys.argv[2], "w", encoding="utf-8") as source:
    source.write("".join(blocks))
