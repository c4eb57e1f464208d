"""Hundreds of people from a spreadsheet: read as it is saved, each bad row named."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cases.models import Case
from documents.models import Document
from intake import people_file
from tests.intake.walk import STEP, Writer

NAMES = ["Айгүл Сәрсенова", "Болат Ахметов"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_way_in_which_a_spreadsheet_saves_is_read(encoding, separator):
    lines = [f"Name{separator}Village", *(f"{name}{separator}Ulytau" for name in NAMES)]
    found = people_file.read("\r\n".join(lines).encode(encoding))

    assert found.names == NAMES
    assert not found.bad


def test_windows_1251_is_read():
    found = people_file.read("ФИО;Село\nИванова Анна;Улытау\nЁлкин Пётр;Улытау".encode("cp1251"))

    assert found.names == ["Иванова Анна", "Ёлкин Пётр"]


def test_family_and_given_names_in_columns_of_their_own_are_one_name():
    found = people_file.read("№,Фамилия,Имя,Отчество\n1,Ахметов,Болат,Ерланұлы".encode())

    assert found.names == ["Ахметов Болат Ерланұлы"]


def test_without_a_heading_the_first_column_counts():
    assert people_file.read("Айгүл\nБолат\n".encode()).names == ["Айгүл", "Болат"]


def test_each_bad_row_is_named_with_its_line_and_the_good_ones_are_kept():
    text = 'name,village\n"Айгүл\nСәрсенова",Ulytau\n,Ulytau\n12345,Ulytau\n\nБолат,X\nБОЛАТ,Y\n'
    text += "Ю" * 301 + ",Z\n"

    found = people_file.read(text.encode())

    assert found.names == ["Айгүл Сәрсенова", "Болат"]
    assert [row.line for row in found.bad] == [4, 5, 8, 9]
    assert "missing" in str(found.bad[0].why)
    assert "no letters" in str(found.bad[1].why)
    assert "line 7" in str(found.bad[2].why)
    assert "too long" in str(found.bad[3].why)


def test_a_formula_is_only_text():
    formula = '=HYPERLINK("http://evil.example","x")'
    found = people_file.read(f'name\n"{formula.replace(chr(34), chr(34) * 2)}"\n+cmd|calc'.encode())

    assert found.names == [formula, "+cmd|calc"]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"PK\x03\x04\x14\x00\x06\x00", b"x" * (3 << 20)])
def test_what_is_no_list_is_refused_with_a_sentence(data):
    with pytest.raises(people_file.Unreadable):
        people_file.read(data)


def representative(**more):
    return {
        "name": "Әділет Foundation",
        "kind": "ngo",
        "mandate": "A vote of the village.",
        **more,
    }


@pytest.mark.django_db
def test_a_list_of_hundreds_goes_with_the_proof_of_mandate_into_the_case():
    writer = Writer()
    writer.begin()
    writer.answer("acting", acting="others")
    rows = "\n".join(f"Person {number};Ulytau" for number in range(400))
    listed = SimpleUploadedFile("people.csv", f"Name;Village\n{rows}\n;Ulytau\n".encode())
    proof = SimpleUploadedFile("minutes.txt", b"The village voted.")

    response = writer.answer(
        "representative",
        **representative(
            principals="Typed Person", principals_file=listed, mandate_files=[proof], go="next"
        ),
    )

    html = response.content.decode()
    assert response.status_code == 200
    assert "1 row of your list was not taken" in html
    assert "Line 402: The name is missing." in html
    assert "401 people are on the list" in html
    assert "minutes.txt" in writer.html(STEP.format("representative"))
    assert "minutes.txt" not in writer.html(STEP.format("evidence"))

    html = writer.html(STEP.format("representative"))
    names = html.split('id="id_principals"')[1].split(">", 1)[1].split("</textarea>")[0].strip()
    writer.answer("representative", **representative(principals=names))
    writer.add("enterprises", name="Steppe Mining LLP", kind="business", role="unknown")
    writer.add("issues", title="Dust", description="Dust on our tables.")
    writer.decide(mediator="yes", respondent="yes", public="yes")
    writer.confirm_code()
    writer.send()

    case = Case.objects.get()
    assert case.representations.get().principals.count() == 401
    proof = case.documents.get()
    assert proof.asked_to_withhold
    assert "Proof" in proof.title


@pytest.mark.django_db
def test_the_proof_of_mandate_can_be_removed_and_a_bad_list_is_said():
    writer = Writer()
    writer.begin()
    writer.answer("acting", acting="others")
    proof = SimpleUploadedFile("minutes.txt", b"The village voted.")
    response = writer.answer("representative", **representative(mandate_files=[proof], go="upload"))
    assert response.status_code == 302
    document = Document.objects.get()

    bad = SimpleUploadedFile("people.xlsx", b"PK\x03\x04\x14\x00")
    response = writer.answer(
        "representative", **representative(principals="Айгүл", principals_file=bad, go="next")
    )
    html = response.content.decode()
    assert "Save it in your spreadsheet as CSV" in html
    assert "Айгүл" in html

    writer.answer("representative", **representative(remove=str(document.pk)))
    assert not Document.objects.exists()
