"""Swedish stands in templates: none in the code, and every word, sentence and letter there has its use."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from house.reading import ROOMS, Source

LETTERS = re.compile(r"[åäöÅÄÖ]")
COMMON = frozenset(
    re.findall(
        r"\w+",
        """
        alla att av boka avboka deltagare det du din ditt eller ett finns han har hej hon inga ingen inte kan kl kurs
        kursen kurser logga med mina och om personen plats platsen platser ska skriv som spara sida vid visa vill
        """,
    )
)
"""Words that Swedish prose can hardly do without, and English has not."""

NOT_IN_WORDS = {
    "Refusal": "each has a sentence",
    "ImportFault": "each has a sentence",
    "Oddity": "each has a sentence",
    "Deciding": "pages and letters tell it in a sentence with both values",
    "Code": "the document's own; people see it as the Outcome of the same name",
    "LetterState": "pages count letters and do not name their states",
    "Progress": "the page of long work tells each in a sentence",
    "Beginning": "an option of a command, for developers",
    "ClientAuth": "a word of the settings, for operators",
    "AuthTime": "a word of the settings, for operators",
}


def swedish(source: Source) -> Iterator[str]:
    """A literal with Swedish letters or words; addresses and single lower-case words (as in addresses) are none."""
    for literal in source.strings():
        text = str(literal.value)
        is_prose = " " in text.strip() or text[:1].isupper() or text != text.strip()
        tokens = re.findall(r"[^\s\"'.,:;!?()=]+", text.lower())
        if LETTERS.search(text) or (is_prose and COMMON.intersection(tokens)):
            yield source.at(literal.lineno, f"Swedish stands in templates: {text[:40]!r}")


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def enums(sources: Iterable[Source]) -> dict[str, set[str]]:
    """Every enum of words by its name, with the values of its members."""
    found: dict[str, set[str]] = {}
    for source in sources:
        for node in source.nodes:
            if isinstance(node, ast.ClassDef) and any(_is(base, StrEnum.__name__) for base in node.bases):
                found.setdefault(node.name, set()).update(members(node).values())
    return found


def members(enum: ast.ClassDef) -> dict[str, str]:
    return {
        target.id: str(node.value.value)
        for node in enum.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def wordless(enums: Mapping[str, set[str]], words: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Enums that lack the Swedish word of a member, or have one too many."""
    return [
        f"{name}: {sorted(values ^ set(words.get(snake(name), {})))}"
        for name, values in sorted(enums.items())
        if name not in NOT_IN_WORDS and values != set(words.get(snake(name), {}))
    ]


def unsaid(reasons: Iterable[str], sentences: Iterable[str]) -> list[str]:
    """Reasons to refuse that have no sentence."""
    return sorted(set(reasons) - set(sentences))


def unheard(
    sentences: Iterable[str], reasons: Iterable[str], sources: Iterable[Source], pages: Iterable[str]
) -> list:
    """Sentences that are no reason and that neither code nor page names."""
    named = {str(each.value) for source in sources for each in source.strings()}
    named |= {word for page in pages for word in re.findall(r"[\"'](\w+)[\"']", page)}
    return sorted(set(sentences) - set(reasons) - named)


def told_twice(files: Mapping[str, Iterable[str]]) -> list[str]:
    """Keys that two files hold: one of the two texts would never be shown."""
    keys = sorted(key for each in files.values() for key in each)
    return sorted({key for key in keys if keys.count(key) > 1})


def never_given(source: Source, everything: Iterable[Source]) -> list[str]:
    """Members of a room's refusals that nothing in the room gives as a reason."""
    room = [each for each in everything if each.package == source.package and each.path != source.path]
    given = {
        node.attr
        for each in room
        for node in each.nodes
        if isinstance(node, ast.Attribute) and _is(node.value, "Refusal")
    }
    refusals = [node for node in source.nodes if isinstance(node, ast.ClassDef) and node.name == "Refusal"]
    return sorted(name for refusal in refusals for name in members(refusal) if name not in given)


def occasions(sources: Iterable[Source]) -> set[str]:
    """The letters that some room posts: the text beside `db` in a call of a `letters` file."""
    return {
        node.args[1].value
        for source in sources
        if re.fullmatch(rf"({'|'.join(ROOMS)})/letters(/\w+)?\.py", source.path)
        for node in source.nodes
        if isinstance(node, ast.Call)
        and len(node.args) > 1
        and _is(node.args[0], "db")
        and isinstance(node.args[1], ast.Constant)
        and isinstance(node.args[1].value, str)
    }


def unposted(source: Source, everything: Iterable[Source]) -> list[str]:
    """Functions of a `letters` file that no deed and no query calls."""
    called = {
        node.attr
        for each in everything
        for node in each.nodes
        if isinstance(node, ast.Attribute) and _is(node.value, "letters")
    }
    public = [node.name for node in source.tree.body if isinstance(node, ast.FunctionDef) and node.name[0] != "_"]
    return sorted(set(public) - called)


def _is(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
