"""A file that cannot be read as what it should be is refused with a way out."""

from __future__ import annotations

import pytest

from crm_backend.importing.mapping import parse_mapping
from crm_backend.importing.reader import RowReader
from crm_backend.importing.report import UnusableFile
from crm_backend.importing.rows import CsvFile


def read_all(path, **options):
    with CsvFile(path, **options) as file:
        return file.header, list(file.rows())


@pytest.mark.parametrize(
    ("content", "options", "sentence"),
    [
        (b"", {}, "file.csv is empty."),
        (b"\n a,b\n", {}, "The first row of file.csv is blank; it must name the columns."),
        (b"a,b,a\n1,2,3\n", {}, "The header of file.csv names a column twice: a."),
        (b"a;b;c\n1;2;3\n", {}, "file.csv has one column only. Try --delimiter ';'."),
        (b"a\tb\n1\t2\n", {}, "file.csv has one column only. Try --delimiter '\\t'."),
        (
            "a\nb\né\n".encode("cp1252"),
            {},
            "file.csv is not utf-8 text: byte 0xe9 on line 3 cannot be read. Try --encoding cp1252.",
        ),
        ("a,b\n1,2\n".encode("utf-16"), {}, "file.csv is UTF-16 text. Try --encoding utf-16."),
        (b"a,b\n", {"encoding": "klingon"}, "There is no encoding called klingon"),
        (b"a,b\n", {"encoding": "base64"}, "There is no encoding called base64"),
        (b"a,b\n", {"delimiter": ";;"}, "The delimiter must be one character"),
        (b"a\0,b\n", {}, "holds NUL characters"),
        (b'a,"b\n1,2\n', {}, "The header of file.csv cannot be read"),
    ],
)
def test_file_is_refused_with_a_sentence(tmp_path, content, options, sentence):
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(UnusableFile) as refused:
        read_all(path, **options)
    assert sentence in str(refused.value)


def test_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(UnusableFile, match="cannot be opened"):
        read_all(tmp_path / "missing.csv")


def test_folder_is_refused(tmp_path):
    with pytest.raises(UnusableFile, match="cannot be opened"):
        read_all(tmp_path)


def test_byte_order_mark_and_spaces_are_not_part_of_the_first_column(tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes("\ufeffid , name\r\n1,é\r\n".encode())
    header, rows = read_all(path)
    assert header == ["id", "name"]
    assert rows[0].cells == ["1", "é"]


def test_cells_may_hold_quotes_delimiters_and_line_breaks(tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes(b'id,name\n1,"a ""b"", c\nd"\n2,x\n')
    _, rows = read_all(path)
    assert [(row.number, row.cells[1]) for row in rows] == [(2, 'a "b", c\nd'), (3, "x")]


def test_missing_columns_are_all_named_with_those_there_are(tmp_path):
    mapping = parse_mapping("customers: {external_id: id, email: mail, phone: tel}", "customers", source="m.yml")
    with pytest.raises(UnusableFile) as refused:
        RowReader(mapping, ["id", "e-mail"], file="file.csv")
    assert str(refused.value) == "file.csv has no column mail, tel, which m.yml asks for. Its columns are: id, e-mail."
