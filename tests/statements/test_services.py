"""The way of a statement: what is refused, what is kept, what reaches the register."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from cases.disclosure import Audience, disclosed
from cases.errors import Conflict, Incomplete, Stale, WrongState
from cases.events import verify
from cases.kinds import EventKind
from cases.models import Party
from cases.services import clock, conflicts, ending, follow_up
from register.models import PublishedDocument, PublishedRecord
from statements.models import LeakFinding, Statement, Version
from statements.services import hearing, publishing, writing
from statements.standing import changes_since_round, standing_of
from tests import factories
from tests.statements.conftest import hear, published, sign


def save(statement, text, *, by, language="en", title="Final statement", based_on=None):
    if based_on is None:
        latest = statement.versions.filter(language=language).order_by("-number").first()
        based_on = latest.number if latest else 0
    return writing.save_draft(
        statement, language=language, title=title, text=text, by=by, based_on=based_on
    )


class TestDraft:
    def test_first_draft_holds_issues_decision_dates_and_outcome(self, statement):
        text = statement.versions.get().text
        assert "The river is polluted" in text
        assert "It is material and substantiated" in text
        assert "VI.1" in text
        assert "reached an agreement" in text

    def test_first_draft_calls_a_withheld_complainant_by_a_pseudonym(self, withheld_scene):
        statement = writing.begin(
            withheld_scene.case, kind="final", language="en", by=withheld_scene.officer
        )
        text = statement.versions.get().text
        assert "Complainant 1" in text
        assert "Айгүл" not in text

    def test_first_draft_is_written_in_the_language_asked_for(self, scene):
        statement = writing.begin(scene.case, kind="final", language="ru", by=scene.officer)
        assert statement.versions.get().language == "ru"

    def test_words_of_the_parties_cannot_become_markup(self, db):
        data = factories.submission()
        issue = data.issues[0].__class__("# <b>Big</b> *title*", "1. first\n- second\n[a](b)")
        scene = factories.case_in("final_statement", data=factories.submission(issues=(issue,)))
        statement = writing.begin(scene.case, kind="final", language="en", by=scene.officer)
        from register.markdown import to_html

        html = to_html(statement.versions.get().text)
        assert "<b>" not in html
        assert "<a " not in html
        assert "# &lt;b&gt;Big&lt;/b&gt; *title*" in html

    def test_only_an_officer_begins(self, scene, member):
        conflicts.declare(scene.case, by=member, has_conflict=False)
        for person in (member, scene.complainant, scene.enterprise):
            with pytest.raises(PermissionDenied):
                writing.begin(scene.case, kind="final", language="en", by=person)

    def test_a_second_final_statement_is_refused(self, scene, statement):
        with pytest.raises(Incomplete):
            writing.begin(scene.case, kind="final", language="en", by=scene.officer)

    @pytest.mark.parametrize("state", ["received", "initial_assessment", "mediation"])
    def test_a_final_statement_waits_for_its_state(self, db, state):
        scene = factories.case_in(state)
        with pytest.raises(Incomplete):
            writing.begin(scene.case, kind="final", language="en", by=scene.officer)

    @pytest.mark.parametrize("state", ["withdrawn", "not_registered"])
    def test_nothing_is_written_of_a_case_that_ended_before_service(self, db, state):
        scene = factories.case_in(state)
        for kind in ("final", "progress", "initial_assessment", "follow_up"):
            with pytest.raises(Incomplete):
                writing.begin(scene.case, kind=kind, language="en", by=scene.officer)

    def test_saving_puts_headings_in_order(self, scene, statement):
        version = save(statement, "### Deep\n\ntext\n\n###### Deeper", by=scene.officer)
        assert version.text.startswith("# Deep")
        assert "\n## Deeper" in version.text

    def test_a_stale_save_is_refused_and_tells_what_is_newer(self, scene, statement, other_officer):
        save(statement, "Theirs", by=other_officer, based_on=1)
        with pytest.raises(writing.TextChanged) as caught:
            save(statement, "Mine", by=scene.officer, based_on=1)
        assert caught.value.latest.text == "Theirs"
        assert isinstance(caught.value, Stale)

    def test_saving_the_same_again_makes_no_version(self, scene, statement):
        save(statement, "Text", by=scene.officer)
        save(statement, "Text", by=scene.officer)
        assert statement.versions.count() == 2

    def test_an_empty_text_is_refused(self, scene, statement):
        with pytest.raises(ValidationError):
            save(statement, "  ", by=scene.officer)

    def test_a_saved_version_can_never_be_changed(self, statement):
        version = statement.versions.get()
        version.text = "Other words"
        with pytest.raises(DatabaseError), transaction.atomic():
            version.save()

    def test_the_text_is_sealed_in_the_database(self, statement):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT text, title FROM statements_version")
            assert all(cell.startswith("s1:") for row in cursor.fetchall() for cell in row)

    def test_it_can_be_set_aside_and_begun_anew(self, scene, statement):
        writing.set_aside(statement, by=scene.officer)
        again = writing.begin(scene.case, kind="final", language="en", by=scene.officer)
        assert again.number == 1
        with pytest.raises(Incomplete):
            save(statement, "More", by=scene.officer)

    def test_follow_up_lies_in_the_future(self, scene, statement):
        with pytest.raises(ValidationError):
            writing.set_details(
                statement, follow_up_on=timezone.localdate(), lessons="", by=scene.officer
            )


class TestLeaks:
    @pytest.fixture
    def leaking(self, withheld_scene):
        statement = writing.begin(
            withheld_scene.case, kind="final", language="en", by=withheld_scene.officer
        )
        save(statement, "Aigul told us so.", by=withheld_scene.officer)
        return withheld_scene, statement

    def test_a_draft_that_names_a_withheld_person_is_not_sent_to_the_parties(self, leaking):
        scene, statement = leaking
        with pytest.raises(Incomplete):
            hearing.open_comments(statement, by=scene.officer)

    def test_taking_the_name_out_settles_it(self, leaking):
        scene, statement = leaking
        save(statement, "The complainant told us so.", by=scene.officer)
        hearing.open_comments(statement, by=scene.officer)

    def test_a_reason_settles_it_for_later_versions_too(self, leaking):
        scene, statement = leaking
        finding = LeakFinding.objects.get()
        writing.keep_finding(finding, reason="A river has this name.", by=scene.officer)
        save(statement, "Aigul is a river and told us so.", by=scene.officer)
        hearing.open_comments(statement, by=scene.officer)

    def test_a_reason_is_needed(self, leaking):
        scene, _statement = leaking
        with pytest.raises(ValidationError):
            writing.keep_finding(LeakFinding.objects.get(), reason=" ", by=scene.officer)

    def test_the_title_and_the_summary_are_checked_too(self, withheld_scene):
        statement = writing.begin(
            withheld_scene.case, kind="final", language="en", by=withheld_scene.officer
        )
        save(statement, "Nothing", title="Айгүл against the company", by=withheld_scene.officer)
        with pytest.raises(Incomplete):
            hearing.open_comments(statement, by=withheld_scene.officer)

    def test_somebody_withheld_after_sign_off_stops_publication(self, scene, statement):
        """The check runs again at the last moment: a wish to be withheld may come late."""
        hear(scene, statement)
        sign(scene, statement)
        party = Party.objects.get(side="complainant", case=scene.case)
        party.shown_to_public = False
        party.save()
        with pytest.raises(Incomplete):
            publishing.publish(statement, by=scene.officer)
        assert not PublishedRecord.objects.exists()

    def test_people_who_are_represented_are_never_named(self, db):
        scene = factories.case_in("final_statement", data=factories.represented())
        statement = writing.begin(scene.case, kind="final", language="en", by=scene.officer)
        assert statement.versions.get().findings.count() == 0
        version = save(statement, "Principal 1 lost the land.", by=scene.officer)
        assert [item.kind for item in version.findings.all()] == ["principal"]


class TestHearing:
    def test_both_sides_read_the_draft_from_the_same_second(self, scene, statement):
        hearing.open_comments(statement, by=scene.officer)
        times = [
            next(
                event.at
                for event in disclosed(scene.case, to=side).events
                if event.kind == EventKind.COMMENTS_OPENED
            )
            for side in (Audience.COMPLAINANT, Audience.RESPONDENT)
        ]
        assert times[0] == times[1]

    def test_the_last_day_comes_from_the_rule_set_and_moves_with_an_extension(
        self, scene, statement
    ):

        round = hearing.open_comments(statement, by=scene.officer)
        assert round.due_on == round.deadline.due_on
        clock.extend(round.deadline, length=5, unit="days", reason="Holidays", by=scene.officer)
        round.deadline.refresh_from_db()
        assert round.due_on > round.first_due_on

    def test_the_text_stands_still_while_both_sides_read_it(self, scene, statement):
        hearing.open_comments(statement, by=scene.officer)
        with pytest.raises(Incomplete):
            save(statement, "Changed", by=scene.officer)

    def test_a_comment_can_be_replaced_until_the_round_closes(self, scene, statement):
        round = hearing.open_comments(statement, by=scene.officer)
        hearing.comment(round, side="complainant", text="First", by=scene.complainant)
        hearing.comment(round, side="complainant", text="Second", by=scene.complainant)
        assert [comment.text for comment in round.comments.all()] == ["Second"]

    def test_a_stale_comment_does_not_overwrite(self, scene, statement):
        round = hearing.open_comments(statement, by=scene.officer)
        hearing.comment(round, side="complainant", text="First", by=scene.complainant, version=0)
        with pytest.raises(Stale):
            hearing.comment(round, side="complainant", text="X", by=scene.complainant, version=0)

    def test_nobody_comments_for_the_other_side(self, scene, statement):
        round = hearing.open_comments(statement, by=scene.officer)
        with pytest.raises(PermissionDenied):
            hearing.comment(round, side="respondent", text="Ours", by=scene.complainant)
        with pytest.raises(PermissionDenied):
            hearing.comment(round, side="complainant", text="Ours", by=scene.enterprise)

    def test_words_and_none_together_are_refused(self, scene, statement):
        round = hearing.open_comments(statement, by=scene.officer)
        for words, none in (("Text", True), ("", False)):
            with pytest.raises(ValidationError):
                hearing.comment(
                    round, side="complainant", text=words, has_none=none, by=scene.complainant
                )

    def test_the_round_stays_open_while_a_side_has_time(self, scene, statement):
        round = hearing.open_comments(statement, by=scene.officer)
        hearing.comment(round, side="complainant", text="Ours", by=scene.complainant)
        with pytest.raises(Incomplete):
            hearing.close_comments(round, by=scene.officer, reason="In a hurry")

    def test_closing_early_needs_a_reason(self, scene, statement):
        round = hearing.open_comments(statement, by=scene.officer)
        hearing.comment(round, side="complainant", text="Ours", by=scene.complainant)
        hearing.comment(round, side="respondent", has_none=True, by=scene.enterprise)
        with pytest.raises(Incomplete):
            hearing.close_comments(round, by=scene.officer)
        hearing.close_comments(round, by=scene.officer, reason="Both have answered")

    def test_after_the_last_day_the_round_closes_without_comments(self, scene, statement):
        round = hearing.open_comments(statement, by=scene.officer)
        with time_machine.travel(timezone.now() + timedelta(days=40)):
            assert hearing.close_comments(round, by=scene.officer).closed_at

    def test_a_closed_round_takes_no_comment(self, scene, statement):
        round = hear(scene, statement)
        with pytest.raises(Conflict):
            hearing.comment(round, side="complainant", text="Late", by=scene.complainant)

    def test_what_changes_after_the_round_is_shown(self, scene, statement):
        hear(scene, statement)
        version = statement.versions.get()
        text = version.text + "\n\nA new sentence."
        save(statement, text, title=version.title, by=scene.officer)
        lines = changes_since_round(standing_of(Statement.objects.get()))["en"]
        assert [line.text for line in lines if line.change == "added"] == ["A new sentence."]


class TestSignOff:
    def test_without_a_closed_comment_round_nobody_signs(self, scene, statement):
        with pytest.raises(Incomplete):
            sign(scene, statement)
        hearing.open_comments(statement, by=scene.officer)
        with pytest.raises(Incomplete):
            sign(scene, statement)

    def test_who_wrote_does_not_sign(self, scene, statement):
        both = factories.person("officer", "decision_maker")
        save(statement, "A word of theirs", by=both)
        save(statement, "And another text", by=scene.officer)
        hear(scene, statement)
        with pytest.raises(PermissionDenied):
            sign(scene, statement, by=both)

    def test_an_officer_without_the_right_to_decide_does_not_sign(
        self, scene, statement, other_officer
    ):
        hear(scene, statement)
        with pytest.raises(PermissionDenied):
            sign(scene, statement, by=other_officer)

    def test_a_member_with_a_conflict_or_without_a_declaration_does_not_sign(
        self, scene, statement, other_member
    ):
        hear(scene, statement)
        ids = {version.pk for version in publishing.texts_of(statement)}
        with pytest.raises(PermissionDenied):
            publishing.sign_off(statement, versions=ids, by=other_member)
        conflicts.declare(scene.case, by=other_member, has_conflict=True)
        with pytest.raises(PermissionDenied):
            publishing.sign_off(statement, versions=ids, by=other_member)

    def test_nobody_signs_a_text_that_they_did_not_read(self, scene, statement):
        hear(scene, statement)
        old = {version.pk for version in publishing.texts_of(statement)}
        save(statement, "Newer", by=scene.officer)
        with pytest.raises(Conflict):
            publishing.sign_off(statement, versions=old, by=scene.members[0])


class TestPublication:
    def test_the_case_is_closed_and_the_register_has_the_text(self, scene, statement):
        published(scene, statement)
        assert scene.reload().state == "closed"
        record = PublishedRecord.objects.get()
        assert record.outcome == "agreement"
        assert record.documents.get().kind == "final"
        assert list(verify(scene.case)) == []

    def test_without_sign_off_nothing_is_published(self, scene, statement):
        hear(scene, statement)
        with pytest.raises(Incomplete):
            publishing.publish(statement, by=scene.officer)
        assert scene.reload().state == "final_statement"
        assert not PublishedRecord.objects.exists()

    def test_the_register_says_when_a_case_was_withdrawn(self, db):
        """The page of a withdrawn case told its dates up to its registration and no further."""
        scene = factories.case_in("mediation")
        ending.withdraw(scene.reload(), by=scene.complainant)
        text = writing.begin(scene.reload(), kind="final", language="en", by=scene.officer)
        hear(scene, text)
        sign(scene, text)
        publishing.publish(Statement.objects.get(pk=text.pk), by=scene.officer)
        timeline = {row["key"]: row["on"] for row in PublishedRecord.objects.get().timeline}
        assert timeline["withdrawn"] == timezone.localdate(scene.reload().ended_at).isoformat()

    def test_without_comment_round_nothing_is_published(self, scene, statement):
        with pytest.raises(Incomplete):
            publishing.publish(statement, by=scene.officer)

    def test_a_text_changed_after_sign_off_is_not_published(self, scene, statement):
        hear(scene, statement)
        sign(scene, statement)
        save(statement, "Something else", by=scene.officer)
        with pytest.raises(Incomplete):
            publishing.publish(statement, by=scene.officer)
        sign(scene, statement)
        publishing.publish(statement, by=scene.officer)

    def test_another_follow_up_day_needs_another_sign_off(self, scene, statement):
        hear(scene, statement)
        sign(scene, statement)
        day = timezone.localdate() + timedelta(days=300)
        writing.set_details(statement, follow_up_on=day, lessons="", by=scene.officer)
        with pytest.raises(Incomplete):
            publishing.publish(statement, by=scene.officer)
        sign(scene, statement)
        publishing.publish(statement, by=scene.officer)
        assert scene.reload().follow_up_on == day

    def test_members_parties_and_mediators_do_not_publish(self, scene, statement, mediator):
        hear(scene, statement)
        sign(scene, statement)
        for person in (scene.members[0], scene.complainant, scene.enterprise, mediator):
            with pytest.raises(PermissionDenied):
                publishing.publish(statement, by=person)

    def test_held_for_review_waits(self, scene, statement):
        hear(scene, statement)
        sign(scene, statement)
        case = scene.reload()
        type(case).objects.filter(pk=case.pk).update(state="held_for_review")
        with pytest.raises(WrongState):
            publishing.publish(statement, by=scene.officer)

    def test_a_withheld_complainant_reaches_no_public_table(self, withheld_scene):
        scene = withheld_scene
        statement = writing.begin(scene.case, kind="final", language="en", by=scene.officer)
        published(scene, statement)
        record = PublishedRecord.objects.get()
        [party] = record.complainants
        assert {name: value for name, value in party.items() if value} == {"withheld": True}
        told = str([record.__dict__, [doc.__dict__ for doc in record.documents.all()]])
        for secret in ("Айгүл", "aigul", "7010000001"):
            assert secret not in told

    def test_what_fails_half_way_leaves_nothing(self, scene, statement, monkeypatch):
        hear(scene, statement)
        sign(scene, statement)

        def fail(*args, **kwargs):
            raise RuntimeError

        monkeypatch.setattr(ending, "close", fail)
        with pytest.raises(RuntimeError):
            publishing.publish(statement, by=scene.officer)
        assert not PublishedRecord.objects.exists()
        assert scene.reload().state == "final_statement"

    def test_a_second_click_publishes_nothing_twice(self, scene, statement):
        published(scene, statement)
        with pytest.raises(Incomplete):
            publishing.publish(statement, by=scene.officer)
        assert PublishedDocument.objects.count() == 1

    def test_every_language_is_signed_and_published_alongside(self, scene, statement):
        save(statement, "# Введение\n\nТекст", by=scene.officer, language="ru", title="Заявление")
        hear(scene, statement)
        sign(scene, statement)
        save(statement, "# Введение\n\nДругое", by=scene.officer, language="ru", title="Заявление")
        with pytest.raises(Incomplete):
            publishing.publish(statement, by=scene.officer)
        sign(scene, statement)
        publishing.publish(statement, by=scene.officer)
        record = PublishedRecord.objects.get()
        assert set(record.documents.values_list("language", flat=True)) == {"en", "ru"}
        assert record.languages == ["en", "ru"]


class TestAfterPublication:
    def test_a_correction_supersedes_and_the_old_text_stays_public(self, scene, statement):
        published(scene, statement)
        publishing.begin_correction(statement, notes={"en": "A date was wrong."}, by=scene.officer)
        statement.refresh_from_db()
        save(statement, "Corrected text", by=scene.officer)
        assert PublishedDocument.objects.count() == 1
        with pytest.raises(Incomplete):
            publishing.publish(statement, by=scene.officer)
        sign(scene, statement)
        publishing.publish(statement, by=scene.officer)
        new = PublishedDocument.objects.get(is_current=True)
        assert new.correction_note == "A date was wrong."
        assert new.supersedes.version == 1
        assert scene.reload().state == "closed"

    def test_readers_of_each_language_are_told_in_it_what_is_corrected(self, scene, statement):
        """One sentence in the officer's language stood above the corrected text of all three."""
        save(statement, "# Введение", by=scene.officer, language="ru", title="Заявление")
        published(scene, statement)
        with pytest.raises(Incomplete):
            publishing.begin_correction(statement, notes={"en": "A date"}, by=scene.officer)
        notes = {"en": "A date was wrong.", "ru": "Дата была неверна."}
        publishing.begin_correction(statement, notes=notes, by=scene.officer)
        statement.refresh_from_db()
        save(statement, "Corrected", by=scene.officer)
        save(statement, "Мәтін", by=scene.officer, language="kk", title="Мәлімдеме")
        sign(scene, statement)
        publishing.publish(statement, by=scene.officer)
        rows = PublishedDocument.objects.filter(is_current=True)
        assert {row.language: row.correction_note for row in rows} == {**notes, "kk": ""}

    def test_somebody_withheld_after_the_correction_began_stops_it(self, scene, statement):
        """The sentence on a correction was checked when it was written, and never again."""
        published(scene, statement)
        party = scene.case.parties.get(side="complainant")
        notes = {"en": f"{party.name} asked for another word."}
        publishing.begin_correction(statement, notes=notes, by=scene.officer)
        statement.refresh_from_db()
        save(statement, "Nobody is named here.", by=scene.officer)
        sign(scene, statement)
        scene.case.parties.filter(pk=party.pk).update(shown_to_public=False)
        statement.refresh_from_db()
        with pytest.raises(ValidationError):
            publishing.publish(statement, by=scene.officer)
        assert PublishedDocument.objects.get().is_current

    def test_a_correction_that_began_with_one_sentence_keeps_it(self, statement):
        statement.correction_note = "A date was wrong."
        statement.save()
        statement.refresh_from_db()
        assert statement.correction_note_in("ru") == "A date was wrong."

    def test_a_correction_of_nothing_is_refused(self, scene, statement):
        with pytest.raises(Incomplete):
            publishing.begin_correction(statement, notes={"en": "Why"}, by=scene.officer)

    def test_unpublishing_takes_every_text_off_and_a_correction_brings_it_back(
        self, scene, statement
    ):
        published(scene, statement)
        publishing.unpublish(statement, reason="Somebody is in danger.", by=scene.officer)
        assert not PublishedRecord.objects.public().exists()
        assert not PublishedDocument.objects.exists()
        with pytest.raises(Incomplete):
            publishing.unpublish(statement, reason="Again", by=scene.officer)
        publishing.begin_correction(
            statement, notes={"en": "A name was removed."}, by=scene.officer
        )
        statement.refresh_from_db()
        save(statement, "Without the name", by=scene.officer)
        sign(scene, statement)
        publishing.publish(statement, by=scene.officer)
        assert PublishedRecord.objects.public().count() == 1

    def test_unpublishing_needs_a_reason_and_an_officer(self, scene, statement):
        published(scene, statement)
        with pytest.raises(Incomplete):
            publishing.unpublish(statement, reason=" ", by=scene.officer)
        with pytest.raises(PermissionDenied):
            publishing.unpublish(statement, reason="Why", by=scene.complainant)

    def test_the_follow_up_statement_goes_the_same_way(self, scene, statement):
        published(scene, statement)
        follow_up.begin(scene.reload(), by=scene.officer)
        follow_up.conclude(scene.reload(), by=scene.officer)
        assert writing.kinds_now(scene.reload()) == ["follow_up"]
        second = writing.begin(scene.case, kind="follow_up", language="en", by=scene.officer)
        published(scene, second)
        assert scene.reload().state == "closed"
        kinds = PublishedDocument.objects.filter(is_current=True).values_list("kind", flat=True)
        assert set(kinds) == {"final", "follow_up"}


class TestImportedCases:
    def test_a_follow_up_keeps_what_was_imported(self, db, officer, member):
        """Old cases come with dates, sectors and notes that no row of a case holds."""
        from cases.services.archive import import_archived
        from register.dates import PartialDate
        from register.payload import PartyData, RecordData
        from register.services import upsert_record

        upsert_record(
            RecordData(
                source_key="import:old-1",
                title="Old v. Case",
                lead_ncp="KZ",
                submitted_on=PartialDate.parse("2013-06"),
                complainants=(PartyData(name="Village of Berezovka"),),
                sector="B",
                outcome="no agreement",
                notes="As recorded.",
            )
        )
        case, _new = import_archived(
            source_key="import:old-1",
            title="Old v. Case",
            received_at=timezone.now() - timedelta(days=4000),
            closed_at=timezone.now() - timedelta(days=3000),
            outcome="no_agreement",
            complainants=[("Village of Berezovka", "community")],
            respondents=[("Old Company", "KZ")],
        )
        follow_up.begin(case, by=officer)
        follow_up.conclude(case, by=officer)
        case.refresh_from_db()
        statement = writing.begin(case, kind="follow_up", language="en", by=officer)
        round = hearing.open_comments(statement, by=officer)
        for side in ("complainant", "respondent"):
            hearing.comment(round, side=side, has_none=True, by=officer)
        hearing.close_comments(round, by=officer, reason="Both answered on paper.")
        conflicts.declare(case, by=member, has_conflict=False)
        ids = {version.pk for version in publishing.texts_of(statement)}
        publishing.sign_off(statement, versions=ids, by=member)
        publishing.publish(statement, by=officer)
        record = PublishedRecord.objects.get()
        assert (record.sector, record.notes) == ("B", "As recorded.")
        assert record.submitted_on == "2013-06"
        assert record.documents.get().kind == "follow_up"


class TestReportsOnTheWay:
    def test_an_initial_assessment_is_published_and_the_case_goes_on(self, db):
        scene = factories.case_in("mediation")
        report = writing.begin(
            scene.case, kind="initial_assessment", language="en", by=scene.officer
        )
        published(scene, report)
        case = scene.reload()
        assert case.state == "mediation"
        assert PublishedRecord.objects.get().outcome == "ongoing"
        whole = case.deadlines.get(kind="whole_procedure")
        assert whole.is_open, "the time of the final statement runs on"

    def test_progress_may_be_reported_more_than_once(self, db):
        scene = factories.case_in("mediation")
        for number in (1, 2):
            report = writing.begin(scene.case, kind="progress", language="en", by=scene.officer)
            assert report.number == number
            published(scene, report)
        assert PublishedDocument.objects.filter(is_current=True).count() == 2


class TestVisibility:
    def test_parties_see_a_statement_when_it_was_sent_to_them(self, scene, statement):
        seen = Statement.objects.visible_to
        assert not seen(scene.complainant).exists()
        hearing.open_comments(statement, by=scene.officer)
        assert seen(scene.complainant).exists()
        assert seen(scene.enterprise).exists()

    def test_mediators_and_strangers_see_none(self, scene, statement, mediator, administrator):
        for person in (mediator, administrator, factories.people.party_user()):
            assert not Statement.objects.visible_to(person).exists()

    def test_a_declared_conflict_takes_it_away(self, scene, statement, other_officer):
        assert Statement.objects.visible_to(other_officer).exists()
        conflicts.declare(scene.case, by=other_officer, has_conflict=True)
        assert not Statement.objects.visible_to(other_officer).exists()


def test_versions_name_every_author(scene, statement, other_officer):
    save(statement, "Theirs", by=other_officer)
    assert set(Version.objects.values_list("by", flat=True)) == {
        scene.officer.pk,
        other_officer.pk,
    }
