"""A case whose statement can be written, and the people who do it."""

import pytest

from cases.services import conflicts
from statements.models import Statement
from statements.services import hearing, publishing, writing
from tests import factories


@pytest.fixture
def scene(db):
    """A case that waits for its final statement."""
    return factories.case_in("final_statement")


@pytest.fixture
def withheld_scene(db):
    """The same with a complainant who is withheld from everybody."""
    return factories.case_in("final_statement", data=factories.withheld())


@pytest.fixture
def statement(scene) -> Statement:
    return writing.begin(scene.case, kind="final", language="en", by=scene.officer)


def hear(scene, statement, *, text="We agree with the dates."):
    """Hold a comment round to its end."""
    held = hearing.open_comments(statement, by=scene.officer)
    hearing.comment(held, side="complainant", text=text, by=scene.complainant)
    hearing.comment(held, side="respondent", has_none=True, by=scene.enterprise)
    return hearing.close_comments(held, by=scene.officer, reason="Both sides have answered.")


def sign(scene, statement, *, by=None):
    """Let a member who declared no conflict sign what is there now."""
    member = by or scene.members[0]
    conflicts.declare(scene.case, by=member, has_conflict=False)
    statement.refresh_from_db()
    ids = {version.pk for version in publishing.texts_of(statement)}
    return publishing.sign_off(statement, versions=ids, by=member)


def published(scene, statement):
    """Take a statement all the way."""
    hear(scene, statement)
    sign(scene, statement)
    return publishing.publish(statement, by=scene.officer)
