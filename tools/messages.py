"""Keep the words people read: collect message ids, merge them into the catalogues, check the Chinese.

    python tools/messages.py update     collect and merge; translations stay, what no source holds any more goes
    python tools/messages.py compile    make the .mo files that Django reads (git-ignored; part of `make setup`)
    python tools/messages.py check      list what is missing or wrong; exit status 1 when there is something

Message ids are English and stand where they are used; huiyin/locale/zh_Hans is complete, huiyin/locale/en holds
only what reads badly as an id. Ids are found in

- Django templates: translate, blocktranslate (trimmed, plural, context) and `_("…")` inside tags;
- calls of gettext, ngettext, pgettext, npgettext, their lazy forms, and `_`;
- refusals (classes below platform.errors.Refusal, and Message): the first argument, `hint=`, every keyword of
  `.of(…)`, and the class attributes `default` and `advice`;
- `label=` of `Step(…)` and `Scope(…)`, the second argument of `_role(…)`;
- values of module-level dicts whose names TABLES lists;
- `faults["…"] = "…"`, and what a function called `…_fault` or `…_faults` returns;
- any other line that ends in the comment `# i18n`: its string literals.

huiyin/locale/borrowed.pot lists sentences of libraries that we say in our own words.
"""

from __future__ import annotations

import argparse
import ast
import io
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

COMPLETE, SPARSE = "zh_Hans", "en"  # every id has a text in the first; only some need one in the second
NOT_READ = {"tests", "migrations"}
ARGUMENTS = {  # what the arguments by position are
    "gettext": ("id",),
    "ngettext": ("id", "plural"),
    "pgettext": ("context", "id"),
    "npgettext": ("context", "id", "plural"),
}
TABLES = re.compile(
    r"\w+_LABELS|CHANNELS|WAYS|\w*_MOVES|_ASKED|DIMENSIONS|WANTS|KINDS|SIZES|STARS|OUTCOMES|\w*REASONS|OPEN_TO|OUTSIDE_KINDS"
)
MARK = re.compile(r"#\s*i18n\s*$")
TEMPLATE_KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
HEADER = "# Written by tools/messages.py; the texts are ours, the order is that of the sources."
NOISE = re.compile(
    rb'^"(?:Project-Id-Version|Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team'
    rb'|Generated-By): .*\\n"\n',
    re.M,
)


LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)  # a date that .mo files must carry and that must not change them


@dataclass(frozen=True, slots=True)
class Found:
    """A message id in a source; a pair when it has a plural."""

    line: int
    id: str | tuple[str, str]
    context: str | None = None


# --- Python ---------------------------------------------------------------------------------------------------


def _texts(node: ast.expr | None) -> Iterator[ast.Constant]:
    """Yield the string literals an expression may be: itself, or the branches of a choice."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and node.value.strip():
            yield node
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _texts(value)


def _name(node: ast.expr) -> str:
    """Return the last name of `x` or `a.b.x`, "" for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _keywords(call: ast.Call, *names: str) -> Iterator[ast.Constant]:
    """Yield the literals given by keyword; by any keyword when no name is given."""
    for keyword in call.keywords:
        if keyword.arg and (not names or keyword.arg in names):
            yield from _texts(keyword.value)


def _refusal(node: ast.AST, refusals: set[str]) -> Iterator[ast.Constant]:
    if isinstance(node, ast.Call) and _name(node.func) in refusals:
        yield from _texts(node.args[0] if node.args else None)
        yield from _keywords(node, "hint")


def _refusal_of(node: ast.AST, refusals: set[str]) -> Iterator[ast.Constant]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "of":
        yield from _keywords(node) if _name(node.func.value) in refusals else ()


def _refusal_class(node: ast.AST, refusals: set[str]) -> Iterator[ast.Constant]:
    if not isinstance(node, ast.ClassDef) or node.name not in refusals:
        return
    for part in node.body:
        targets = part.targets if isinstance(part, ast.Assign) else [getattr(part, "target", None)]
        if any(isinstance(t, ast.Name) and t.id in {"default", "advice"} for t in targets):
            yield from _texts(getattr(part, "value", None))


def _label(node: ast.AST, refusals: set[str]) -> Iterator[ast.Constant]:
    if isinstance(node, ast.Call) and _name(node.func) in {"Step", "Scope"}:
        yield from _keywords(node, "label")
    elif isinstance(node, ast.Call) and _name(node.func) == "_role":
        yield from _texts(node.args[1] if len(node.args) > 1 else None)


def _fault(node: ast.AST, refusals: set[str]) -> Iterator[ast.Constant]:
    if isinstance(node, ast.Assign):
        if any(isinstance(t, ast.Subscript) and _name(t.value) == "faults" for t in node.targets):
            yield from _texts(node.value)
    elif isinstance(node, ast.FunctionDef) and node.name.endswith(("_fault", "_faults")):
        for part in ast.walk(node):
            yield from _texts(part.value) if isinstance(part, ast.Return) else ()


RULES: tuple[Callable[[ast.AST, set[str]], Iterator[ast.Constant]], ...] = (
    _refusal,
    _refusal_of,
    _refusal_class,
    _label,
    _fault,
)


def _gettext(node: ast.AST) -> Iterator[Found]:
    if not isinstance(node, ast.Call):
        return
    name = _name(node.func)
    kinds = ARGUMENTS["gettext"] if name == "_" else ARGUMENTS.get(name.removesuffix("_lazy").removesuffix("_noop"))
    if not kinds:
        return
    if kinds == ("id",):
        yield from (Found(t.lineno, str(t.value)) for t in _texts(node.args[0] if node.args else None))
        return
    given = {kind: str(a.value) for kind, a in zip(kinds, node.args, strict=False) if isinstance(a, ast.Constant)}
    if set(given) == set(kinds):
        both = (given["id"], given["plural"]) if "plural" in given else given["id"]
        yield Found(node.lineno, both, given.get("context"))


def _table(node: ast.stmt) -> Iterator[ast.Constant]:
    if not isinstance(node, ast.Assign | ast.AnnAssign) or not isinstance(node.value, ast.Dict):
        return
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if any(TABLES.fullmatch(_name(t)) for t in targets):
        for value in node.value.values:
            yield from _texts(value)


def _marked(source: str, tree: ast.Module) -> Iterator[ast.Constant]:
    lines = {n for n, line in enumerate(source.splitlines(), 1) if MARK.search(line)}
    for node in ast.walk(tree) if lines else ():
        if isinstance(node, ast.Constant) and lines & set(range(node.lineno, (node.end_lineno or node.lineno) + 1)):
            yield from _texts(node)


def python_ids(source: str, refusals: set[str]) -> Iterator[Found]:
    """Yield the message ids of a Python source; `refusals` are the names of classes that hold sentences."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        yield from _gettext(node)
        yield from (Found(t.lineno, str(t.value)) for rule in RULES for t in rule(node, refusals))
    plain = [t for node in tree.body for t in _table(node)]
    yield from (Found(t.lineno, str(t.value)) for t in [*plain, *_marked(source, tree)])


def refusal_names(sources: Iterable[str]) -> set[str]:
    """Return Refusal, Message, and every class that derives from Refusal in these sources, however far."""
    bases: dict[str, set[str]] = {}
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ClassDef):  # two modules may have a class of the same name
                bases.setdefault(node.name, set()).update(_name(b) for b in node.bases)
    known = {"Refusal"}
    while more := {name for name, above in bases.items() if above & known} - known:
        known |= more
    return known | {"Message"}


# --- templates ------------------------------------------------------------------------------------------------


def template_ids(source: str) -> Iterator[Found]:
    """Yield the message ids of a Django template."""
    plain = "\n".join(line.strip() for line in templatize(source).splitlines())
    found = extract("python", io.BytesIO(plain.encode()), TEMPLATE_KEYWORDS, options={"encoding": "utf-8"})
    for line, message, _comments, context in found:
        yield Found(line, (message[0], message[1]) if isinstance(message, tuple) else message, context)


# --- catalogues -----------------------------------------------------------------------------------------------


def _python_files(root: Path) -> list[Path]:
    return [p for p in sorted((root / "huiyin").rglob("*.py")) if not NOT_READ & set(p.relative_to(root).parts)]


def _template_files(root: Path) -> list[Path]:
    return [p for p in sorted(root.glob("huiyin/*/templates/**/*")) if p.suffix in {".html", ".txt"}]


def collected(root: Path) -> Catalog:
    """Return every message id below `root`, in the order of files and lines."""
    sources = {path: path.read_text(encoding="utf-8") for path in _python_files(root)}
    refusals = refusal_names(sources.values())
    found = {path: list(python_ids(text, refusals)) for path, text in sources.items()}
    found |= {path: list(template_ids(path.read_text(encoding="utf-8"))) for path in _template_files(root)}
    catalog = Catalog()
    for path in sorted(found):
        for one in sorted(found[path], key=lambda f: f.line):
            catalog.add(one.id, locations=[(path.relative_to(root).as_posix(), one.line)], context=one.context)
    borrowed = root / "huiyin" / "locale" / "borrowed.pot"
    for message in _messages(_read(borrowed)) if borrowed.exists() else ():
        catalog.add(message.id, locations=[("huiyin/locale/borrowed.pot", 0)], context=message.context)
    return catalog


def _po(root: Path, language: str) -> Path:
    return root / "huiyin" / "locale" / language / "LC_MESSAGES" / "django.po"


def _read(path: Path, language: str | None = None) -> Catalog:
    if not path.exists():
        return Catalog(locale=language, header_comment=HEADER, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _messages(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def _put(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, and only when it changes: a server may be reading it."""
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(path.suffix + ".new")
    draft.write_bytes(content)
    os.replace(draft, path)


def store(path: Path, catalog: Catalog) -> None:
    """Write a catalogue without dates, line numbers and tools' names, so that it changes only with its texts."""
    out = io.BytesIO()
    write_po(out, catalog, width=110, include_lineno=False, ignore_obsolete=True)
    _put(path, NOISE.sub(b"", out.getvalue()).rstrip() + b"\n")


def update(root: Path) -> list[str]:
    """Merge the ids of the sources into the catalogues; return a line for each catalogue."""
    said = []
    template = collected(root)
    for language in (COMPLETE, SPARSE):
        path = _po(root, language)
        catalog = _read(path, language)
        wanted = template
        if language == SPARSE:
            wanted = Catalog()
            for message in _messages(template):
                if catalog.get(message.id, message.context):
                    wanted.add(message.id, locations=message.locations, context=message.context)
        catalog.update(wanted, no_fuzzy_matching=True)
        store(path, catalog)
        empty = sum(not _said(message) for message in _messages(catalog))
        said.append(f"{language}: {len(_messages(catalog))} messages, {empty} without a text")
    return said


def compile_(root: Path) -> list[str]:
    """Make the .mo files; return their names."""
    made = []
    for language in (COMPLETE, SPARSE):
        out = io.BytesIO()
        catalog = _read(_po(root, language), language)
        catalog.creation_date = catalog.revision_date = LONG_AGO
        write_mo(out, catalog)
        path = _po(root, language).with_suffix(".mo")
        _put(path, out.getvalue())
        made.append(path.relative_to(root).as_posix())
    return made


# --- checks ---------------------------------------------------------------------------------------------------

NAMED = re.compile(r"%\(\w+\)[#0\- +]*\d*(?:\.\d+)?[a-zA-Z]|%[sd]|\{\w*\}")
CJK = r"[\u3400-\u9fff\u3001-\u301f\uff00-\uffef]"
HALF_WIDTH = re.compile(rf"(?<={CJK})\s?[,;:?()\"']|[,;:?()\"']\s?(?={CJK})|(?<={CJK})\.")


def _said(message: Message) -> tuple[str, ...]:
    """Return the texts of a message, or () when one of them is missing."""
    texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
    return tuple(texts) if all(texts) else ()


def _ids(message: Message) -> tuple[str, ...]:
    return tuple(message.id) if isinstance(message.id, list | tuple) else (message.id,)


def placeholder_fault(ids: Iterable[str], text: str) -> str:
    """Return how the placeholders of a text differ from those of its ids, "" when they agree."""
    wanted = {name for one in ids for name in NAMED.findall(one.replace("%%", ""))}
    given = set(NAMED.findall(text.replace("%%", "")))
    parts = [f"lacks {name}" for name in sorted(wanted - given)]
    parts += [f"has {name}, which the id has not" for name in sorted(given - wanted)]
    if any(name.startswith("%") for name in wanted) and "%" in NAMED.sub("", text.replace("%%", "")):
        parts.append("holds a single %, which must be written %%")
    return "; ".join(parts)


def style_fault(text: str) -> str:
    """Return what a Chinese text does that our house does not, "" when it is fine."""
    plain = NAMED.sub("字", re.sub(r"<[^>]*>", "", text))
    if re.search("[!！]", plain):
        return "raises its voice: no exclamation marks"
    half = HALF_WIDTH.search(plain)
    return f"half-width {half.group().strip()!r} beside Chinese" if half else ""


def _wrong(catalog: Catalog, style: Callable[[str], str]) -> Iterator[str]:
    for message in _messages(catalog):
        name = f"{_ids(message)[0]!r}"
        if message.fuzzy:
            yield f"fuzzy: {name}"
        for text in _said(message):
            if fault := placeholder_fault(_ids(message), text):
                yield f"placeholders: {name}: {text!r} {fault}"
            if fault := style(text):
                yield f"style: {name}: {text!r} {fault}"


def check(root: Path) -> list[str]:
    """Return everything that is missing from or wrong in the catalogues, a line each."""
    template, wrong = collected(root), []
    for language in (COMPLETE, SPARSE):
        catalog = _read(_po(root, language), language)
        for message in _messages(template) if language == COMPLETE else ():
            known = catalog.get(message.id, message.context)
            if not known or not _said(known) or len(_ids(known)) < len(_ids(message)):
                wrong.append(f"no text: {_ids(message)[0]!r} ({message.locations[0][0]})")
        gone = [m for m in _messages(catalog) if not template.get(m.id, m.context)]
        wrong += [f"obsolete: {_ids(m)[0]!r}" for m in [*gone, *catalog.obsolete.values()]]
        style = style_fault if language == COMPLETE else lambda _text: ""
        wrong += [f"{line} [{language}]" for line in _wrong(catalog, style)]
    return wrong


def main(arguments: list[str], root: Path) -> int:
    """Run one command; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("command", choices=("update", "compile", "check"))
    command = parser.parse_args(arguments).command
    lines = {"update": update, "compile": compile_, "check": check}[command](root)
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 1 if command == "check" and lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path(__file__).resolve().parents[1]))
