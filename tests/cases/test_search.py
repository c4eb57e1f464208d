"""What is in the search of the office, who finds it, and how it goes away."""

from dataclasses import replace
from datetime import timedelta

import pytest
from celery import Task
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from cases import search
from cases.models import Case, SearchState, SearchText
from cases.payload import ComplainantData
from cases.search import asking, entries
from cases.search.masking import mask_of
from cases.search.words import fold, kazakh
from cases.services import conflicts, correspondence
from documents import services as files
from notifications.tasks import index_missed
from tests import factories

pytestmark = pytest.mark.django_db


def places(text, user):
    query = asking.understand(text, user=user)
    return sorted((hit.place, hit.readers) for hit in asking.find(query, user=user).hits)


def shown(text, user):
    query = asking.understand(text, user=user)
    hits = asking.find(query, user=user).hits
    pieces = asking.snippets(hits, query, user=user)
    return ["".join(f"<{p.text}>" if p.is_hit else p.text for p in pieces[h.id]) for h in hits]


@pytest.fixture
def scene(officer):
    found = factories.case_in("initial_assessment", officer=officer, data=factories.withheld())
    search.index(found.case)
    return found


def test_everything_that_staff_read_is_found(officer, scene):
    correspondence.send_message(
        scene.case, side="complainant", text="Рабочим угрожают увольнением", by=scene.complainant
    )
    document = factories.document(scene.case, name="probe.txt", content=b"Cadmium in the wells")
    files.read_text(document)
    correspondence.add_document(
        scene.case, document, title="Laboratory", side="complainant", by=scene.complainant
    )
    search.index(scene.case)
    for text, place in (
        ("altyntau", "title"),
        (scene.case.reference.split("-")[-1], "title"),
        ("cattle", "issue"),
        ("director", "submission"),
        ("увольнения", "message"),
        ("laboratory", "document"),
        ("probe", "document"),
        ("cadmium", "document"),
    ):
        assert place in {found for found, _readers in places(text, officer)}, text


def test_forms_of_a_word_meet_in_three_languages(officer):
    issues = factories.submission().issues
    texts = ("Жұмысшылардың еңбекақысы төленбеді", "Загрязнение рек", "The mines polluted wells")
    data = factories.submission(issues=tuple(replace(issues[0], description=t) for t in texts))
    search.index(factories.filed_case(data))
    for text in ("жұмысшылар", "жумысшы", "загрязнения", "загрязн*", "mine", "well"):
        assert ("issue", "ncp") in places(text, officer), text


def test_phrases_exclusions_and_stop_words(officer, scene):
    assert places('"smells of chemicals"', officer)
    assert not places('"chemicals of smells"', officer)
    assert not places("river -cattle", officer)
    assert places("river -dust", officer)
    assert not asking.understand("the of and", user=officer)
    assert not asking.understand("-river", user=officer)


@pytest.mark.parametrize(
    "text", ["", " ", "'", '"', "a & b | !c", "\\", "(((", ":*", "x:*", "\x00", "—", "%_", "'':A"]
)
def test_nothing_typed_breaks_the_search(officer, scene, text):
    asking.find(asking.understand(text or "x", user=officer), user=officer)
    asking.suggestions(text, user=officer)


def test_withheld_names_are_found_by_named_officers_alone(officer, other_officer, member, scene):
    assert places("Айгүл", officer) == [("party", "named")]
    assert places("Серіккызының", officer) == [("party", "named")]
    for other in (other_officer, member, factories.person("auditor")):
        assert places("Айгүл", other) == []
        assert asking.suggestions("Айгүл Серікқызы", user=other) == []


def test_withheld_names_are_blotted_out_of_what_others_search(officer, other_officer, scene):
    correspondence.send_message(
        scene.case,
        side="complainant",
        text="Aigul Serikkyzy and Серікқызының бауыры, write to aigul@example.org",
        by=scene.complainant,
    )
    search.index(scene.case)
    assert places("Aigul", other_officer) == places("серіккызы", other_officer) == []
    assert shown("write", other_officer) == ["■■■ ■■■ and ■■■ бауыры, <write> to ■■■"]
    assert places("Aigul", officer) == [("message", "named")]
    assert "<Aigul> Serikkyzy" in shown("Aigul", officer)[0]


def test_what_named_officers_know_lies_sealed(scene):
    correspondence.report_reprisal(scene.case, text="Threatened at night", by=scene.complainant)
    search.index(scene.case)
    with connection.cursor() as cursor:
        cursor.execute("SELECT text, sealed, vector::text FROM cases_searchtext")
        held = "\n".join(" ".join(row) for row in cursor.fetchall())
    assert "Серікқызы" not in held and fold("Серікқызы") not in held
    assert kazakh(fold("Серікқызы")) not in held
    assert "Threatened" not in held and "threaten" not in held


def test_reports_of_pressure_are_for_named_officers(officer, other_officer, scene):
    correspondence.report_reprisal(scene.case, text="Threatened at night", by=scene.complainant)
    search.index(scene.case)
    assert places("threatened", officer) == [("message", "named")]
    assert places("threatened", other_officer) == []
    correspondence.stand_in(scene.case, by=other_officer)
    assert places("threatened", other_officer) == [("message", "named")]


def test_member_finds_disclosed_names_before_declaring_and_the_record_afterwards(member, scene):
    assert places("altyntau", member) == [("party", "case"), ("title", "case")]
    assert places("cattle", member) == []
    conflicts.declare(scene.case, by=member, has_conflict=False)
    assert places("cattle", member) == [("issue", "ncp")]
    conflicts.declare(scene.case, by=member, has_conflict=True)
    assert places("cattle", member) == places("altyntau", member) == []


def test_conflict_takes_everything_away_at_once(officer, scene):
    assert places("river", officer)
    conflicts.declare(scene.case, by=officer, has_conflict=True)
    assert places("river", officer) == places("Айгүл", officer) == []
    assert asking.suggestions("altyntau", user=officer) == []


@pytest.mark.parametrize(
    "role", ["mediator", "coordinator", "administrator", "interpreter", "expert", "partner_ncp"]
)
def test_nobody_else_finds_anything(role, scene):
    assert places("river", factories.person(role)) == []
    assert not SearchText.objects.visible_to(scene.complainant).exists()


def test_answers_are_the_same_with_and_without_a_secret_case(officer, other_officer):
    """Counts, orders and suggestions must not tell that something is there."""
    search.index(factories.filed_case())

    def answers():
        query = asking.understand("river wages", user=other_officer)
        found = asking.find(query, user=other_officer)
        return (
            [(hit.place, hit.rank) for hit in found.hits],
            found.is_cut,
            asking.suggestions("altintau", user=other_officer),
        )

    before = answers()
    secret = factories.case_in("initial_assessment", officer=officer)
    search.index(secret.case)
    assert answers() != before
    conflicts.declare(secret.case, by=other_officer, has_conflict=True)
    assert answers() == before


def test_suggestions_are_of_visible_names(officer, scene):
    assert asking.suggestions("altintau", user=officer)[0].startswith("AltynTau Holding")
    assert asking.suggestions("zz", user=officer) == []


def test_indexing_again_writes_only_what_changed(scene):
    assert search.index(scene.case) == 0
    correspondence.send_message(scene.case, side="complainant", text="New", by=scene.complainant)
    assert search.index(scene.case) == 1


def test_every_row_that_is_searched_has_its_place_among_the_others():
    """The reasons on the issues came as PostgreSQL found them, by one index or another: the same
    case was indexed again, and read in another order."""
    for path in entries.relations():
        model = Case
        for name in str(getattr(path, "prefetch_to", path)).split("__"):
            field = model._meta.get_field(name)
            model = field.related_model
            if field.one_to_many:
                assert model._meta.ordering, f"{path}: {model.__name__}"


def test_names_shown_later_are_blotted_no_more(other_officer, scene):
    correspondence.send_message(
        scene.case, side="complainant", text="Айгүл мен", by=scene.complainant
    )
    search.index(scene.case)
    assert places("Айгүл", other_officer) == []
    party = scene.case.parties.get(side="complainant")
    party.shown_to_mediator = party.shown_to_respondent = party.shown_to_public = True
    party.save()
    search.index(scene.case)
    assert places("Айгүл", other_officer) == [("message", "ncp"), ("party", "case")]
    assert not SearchText.objects.filter(readers="named").exists()


def test_a_case_that_was_missed_is_found_by_the_sweep(officer, scene):
    assert search.missed() == []
    fresh = factories.filed_case()
    correspondence.send_message(scene.case, side="complainant", text="New", by=scene.complainant)
    assert set(search.missed()) == {fresh.pk, scene.case.pk}
    assert index_missed() == 2
    assert search.missed() == []


def test_words_of_files_come_when_they_were_read(officer, scene):
    document = factories.document(scene.case, content=b"Cadmium in the wells")
    correspondence.add_document(
        scene.case, document, title="Paper", side="complainant", by=scene.complainant
    )
    search.index(scene.case)
    assert places("cadmium", officer) == []
    assert SearchState.objects.get(case=scene.case).waits_for_files
    files.read_text(document)
    SearchState.objects.update(indexed_at=timezone.now() - timedelta(minutes=2))
    assert search.missed() == [scene.case.pk]
    search.index(scene.case)
    assert places("cadmium", officer) == [("document", "ncp")]
    assert not SearchState.objects.get(case=scene.case).waits_for_files


def test_every_event_wakes_the_worker_with_an_id_alone(
    officer, django_capture_on_commit_callbacks, monkeypatch
):
    sent = []
    monkeypatch.setattr(
        Task, "apply_async", lambda self, args=None, **o: sent.append((self.name, args))
    )
    with django_capture_on_commit_callbacks(execute=True):
        case = factories.filed_case()
    assert ("notifications.tasks.index_case", [str(case.pk)]) in sent


def test_forgetting_and_erasing_leave_nothing(officer, scene):
    assert search.forget(scene.case) > 0
    assert places("river", officer) == []
    assert search.missed() == []
    scene.case.data_key.destroy()
    search.index(scene.case)
    assert not SearchText.objects.exists()


def test_command_writes_everything_anew(officer, scene, capsys):
    SearchText.objects.all().delete()
    call_command("reindex_cases")
    assert places("river", officer)
    SearchState.objects.all().delete()
    call_command("reindex_cases", missed=True)
    assert "1 cases" in capsys.readouterr().out


def test_long_texts_are_cut_into_rows(officer, received):
    words = " ".join(f"word{number}" for number in range(45_000))
    document = factories.document(received, content=f"{words} quicksilver".encode())
    files.read_text(document)
    correspondence.add_document(received, document, title="Long", side="", by=officer)
    search.index(received)
    assert SearchText.objects.filter(place="document").count() == 2
    assert "<quicksilver>" in shown("quicksilver", officer)[0]


def test_only_the_newest_thousand_are_ranked(officer, received):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_searchtext "
            "(case_id, place, source, part, readers, at, digest, text, sealed, vector) "
            "SELECT %s, 'message', gen_random_uuid(), 0, 'ncp', now() - n * interval '1 hour', "
            "'x', 'dust', '', to_tsvector('russian', 'dust') FROM generate_series(1, 1200) AS n",
            [received.pk],
        )
    found = asking.find(asking.understand("dust", user=officer), user=officer)
    assert len(found.hits) == 1000
    assert found.is_cut


def test_an_enterprise_is_never_blotted_out_of_its_own_case():
    data = factories.withheld(
        factories.submission(
            complainants=(ComplainantData("AltynTau Workers", "trade_union", "KZ"),)
        )
    )
    case = factories.filed_case(data)
    mask = mask_of(entries.load(case.pk))
    assert mask.blot("AltynTau Holding and Workers") == "AltynTau Holding and Workers"
    assert Case.objects.count() == 1
