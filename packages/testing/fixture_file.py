"""What the fixture scripts of this workspace share: how they write numbers, and the file."""
import json
import pathlib

import numpy as np

ROOT = pathlib.Path(__file__).parents[2]


def numbers(array):
    """Shape and data of an array or tensor. A float32 is widened to float64, which is exact."""
    array = np.asarray(array, np.float64)
    return {"shape": list(array.shape), "data": array.flatten().tolist()}


def write(script, packages, content):
    """Writes `content` as JSON beside `script`, with the versions of `packages` and the command that makes the file.

    JSON gets the shortest decimal of every float64, which is exact.
    """
    path = pathlib.Path(script).resolve()
    versions = {name: version.split("+")[0] for name, version in packages.items()}
    pins = " ".join(f"{name}=={version}" for name, version in versions.items())
    command = f"venv/bin/pip install {pins} && venv/bin/python {path.relative_to(ROOT).as_posix()}"
    path.with_suffix(".json").write_text(lines({"versions": versions, "command": command, **content}) + "\n", encoding="utf-8")


def lines(value, indent=""):
    """JSON with one line for every array of numbers, and for everything else that fits on one."""
    short = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(short) <= 100 or not isinstance(value, (dict, list)) or is_numbers(value):
        return short
    inner = indent + "  "
    if isinstance(value, dict):
        entries = [f"{inner}{json.dumps(key, ensure_ascii=False)}: {lines(item, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(entries) + f"\n{indent}}}"
    return "[\n" + ",\n".join(inner + lines(item, inner) for item in value) + f"\n{indent}]"


def is_numbers(value):
    return isinstance(value, list) and all(isinstance(item, (int, float)) for item in value)
