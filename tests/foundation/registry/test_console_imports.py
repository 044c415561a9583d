"""A workbook through the pages: upload, preview, confirmation, result, and the refused rows back."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django_scopes import scope
from python_calamine import CalamineWorkbook

from anju.foundation.registry.models import ImportBatch, Unit
from anju.kit import jobs
from tests.foundation.registry.books import book, hc, own

IMPORTS = "/console/SPRING/registry/imports/"


@pytest.fixture
def director(world, client_as):
    return client_as(world.director)


@pytest.fixture
def upload(world, director):
    """Send a workbook and let the worker check it; returns the address of its page."""

    def send(sheets, layout="auto", name="小区.xlsx"):
        content = sheets if isinstance(sheets, bytes) else book(sheets)
        answer = director.post(f"{IMPORTS}new/", {"layout": layout, "file": SimpleUploadedFile(name, content)})
        assert answer.status_code == 302, answer.context["form"].errors
        work(world)
        return answer["Location"]

    return send


def work(world) -> None:
    """Do what the worker would do next."""
    with scope(estate=world.spring.pk):
        job = ImportBatch.objects.latest("pk").job
    jobs.run(job.pk)


def codes(world) -> set[str]:
    with scope(estate=world.spring.pk):
        return set(Unit.objects.filter(building__code="5").values_list("code", flat=True))


def test_template_explains_itself(director):
    answer = director.get(f"{IMPORTS}template/register/")
    names = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).sheet_names
    assert len(names) > 5
    assert director.get(f"{IMPORTS}template/hc/").status_code == 404


def test_good_workbook_is_previewed_then_imported_once(world, director, upload):
    page = upload(own())
    preview = director.get(page)
    assert preview.context["total_created"] > 10
    assert preview.context["refused_rows"] == 0
    assert codes(world) == set(), "the preview has changed something"
    sent = {"rows": "all", "_once": preview.context["once"]}
    assert director.post(f"{page}confirm/", sent)["Location"] == page
    assert director.post(f"{page}confirm/", sent)["Location"] == page
    assert director.get(page).context["busy"]
    work(world)
    assert codes(world) == {"5-1-101", "5-1-102"}
    done = director.get(page)
    assert (done.context["batch"].state, done.context["step"]) == ("applied", 3)
    again = director.get(upload(own()))
    assert (again.context["total_created"], again.context["total_changed"]) == (0, 0)


def test_take_over_workbook_is_recognised(director, upload):
    assert director.get(upload(hc())).context["batch"].layout == "hc"


def test_rows_with_errors_are_shown_and_only_the_good_ones_imported_on_wish(world, director, upload):
    sheets = own()
    sheets["房屋"].append(["5", "1", "103", 1, "residential", -3, "", "let"])
    page = upload(sheets)
    preview = director.get(page)
    assert (preview.context["refused_rows"], preview.context["errors_total"]) == (1, 1)
    html = preview.content.decode()
    assert "-3" in html
    assert 'value="good"' in html
    assert 'value="all"' not in html
    refused = director.get(f"{page}refused/")
    again = CalamineWorkbook.from_filelike(io.BytesIO(refused.content))
    cells = [
        str(cell) for name in again.sheet_names for row in again.get_sheet_by_name(name).to_python() for cell in row
    ]
    assert "103" in cells
    assert "101" not in cells
    director.post(f"{page}confirm/", {"rows": "good"})
    work(world)
    assert codes(world) == {"5-1-101", "5-1-102"}


def test_workbook_with_errors_imports_nothing_as_a_whole(world, director, upload):
    sheets = own()
    sheets["房屋"].append(["5", "1", "103", 1, "residential", -3, "", "let"])
    page = upload(sheets)
    director.post(f"{page}confirm/", {"rows": "all"})
    work(world)
    assert codes(world) == set()
    failed = director.get(page)
    assert failed.context["batch"].state == "failed"
    assert 'value="good"' in failed.content.decode(), "the page advises what it does not offer"
    director.post(f"{page}confirm/", {"rows": "good", "_once": failed.context["once"]})
    work(world)
    assert codes(world) == {"5-1-101", "5-1-102"}


def test_preview_shows_which_values_change(world, director, upload):
    page = upload(own())
    director.post(f"{page}confirm/", {"rows": "all"})
    work(world)
    sheets = own()
    sheets["房屋"][1][7], sheets["房屋"][1][5] = "let", 97
    changes = director.get(upload(sheets)).context["differences"]
    assert [(row["key"], row["before"], row["after"]) for row in changes] == [
        ("5-1-101", "96.5", "97"), ("5-1-101", "业主自住", "出租"),
    ]  # fmt: skip
    assert changes[0]["column"] == "专有面积（m²）"


def test_preview_says_which_sheets_and_columns_nobody_read(director, upload):
    sheets = own()
    sheets["6号楼"] = [["楼栋", "单元", "房号", "专有面积"], ["5", "1", "601", 90]]
    assert "“6号楼”" in director.get(upload(sheets)).content.decode()
    assert director.get(upload(own())).context["unread"] == []


def test_file_that_is_no_workbook_is_refused_at_once(world, director):
    answer = director.post(
        f"{IMPORTS}new/", {"layout": "auto", "file": SimpleUploadedFile("a.xlsx", b"not a workbook")}
    )
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["file"]
    with scope(estate=world.spring.pk):
        assert not ImportBatch.objects.exists()


def test_history_lists_past_imports_of_this_estate_only(world, client_as, director, upload):
    page = upload(own(), name="春和苑.xlsx")
    assert "春和苑.xlsx" in director.get(IMPORTS).content.decode()
    rival = client_as(world.rival_director)
    assert "春和苑.xlsx" not in rival.get("/console/RIVAL/registry/imports/").content.decode()
    assert rival.get(page.replace("SPRING", "RIVAL")).status_code == 404


def test_front_desk_may_not_import(world, client_as):
    content = SimpleUploadedFile("a.xlsx", book(own()))
    assert client_as(world.front_desk).post(f"{IMPORTS}new/", {"layout": "auto", "file": content}).status_code == 403
    with scope(estate=world.spring.pk):
        assert not ImportBatch.objects.exists()
