"""Every code that the science raises has a sentence, and every sentence a code."""

import ast
from pathlib import Path

import pytest

import dashboard.core
from dashboard.core.check.findings import Code
from dashboard.core.facts import FileCode
from dashboard.core.mixture.doubts import Doubt
from dashboard.words import doubts, findings, notices

CORE = Path(dashboard.core.__file__).parent


def used(codes):
    """Return the members of an enumeration that some module of the science names."""
    trees = [ast.parse(path.read_text("utf-8")) for path in CORE.rglob("*.py")]
    return {
        codes[node.attr]
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == codes.__name__
    }


@pytest.mark.parametrize(
    ("codes", "sentences"),
    [(Code, findings.SENTENCES), (FileCode, notices.SENTENCES), (Doubt, doubts.SENTENCES)],
)
def test_codes_and_sentences_are_the_same(codes, sentences):
    assert set(codes) == used(codes) == set(sentences)
