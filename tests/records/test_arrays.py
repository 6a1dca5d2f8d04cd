import io
import zipfile

import numpy as np
import pytest

from pyreg.records.arrays import read_arrays

ARRAYS = {
    "validation": np.linspace(0, 1, 7, dtype=np.float32),
    "labels": np.array([[1, 0], [0, 1]], dtype=np.uint8),
    "digest": np.array("abc"),
    "none": np.empty((0, 3), dtype=np.int64),
    "fortran": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
}


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_reads_what_numpy_saved(tmp_path, save):
    save(tmp_path / "x.npz", **ARRAYS)
    read = read_arrays(tmp_path / "x.npz")
    assert list(read) == list(ARRAYS)
    for name, array in ARRAYS.items():
        assert read[name].dtype == array.dtype
        assert read[name].shape == array.shape
        assert np.array_equal(read[name], array)


def test_a_missing_file_is_the_system_s_matter(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_arrays(tmp_path / "x.npz")


def npy(shape, content=b"", descr="'<f4'"):
    header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + content


def zipped(path, content, method=zipfile.ZIP_DEFLATED, names=("validation",)):
    with zipfile.ZipFile(path, "w", method) as archive:
        for name in names:
            archive.writestr(f"{name}.npy", content)
    return path


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (npy("(1000000000000,)"), "size that it announces"),
        (npy("(-1,)", b"abcd"), "size that it announces"),
        (npy("(1,)", b"abcd", "'|O'"), "size that it announces"),
        (npy("(" * 300 + ")" * 300), "damaged"),
        (npy("(1,)", b"abc"), "size that it announces"),
        (npy("(1,)", b"abcd")[:20], "damaged"),
        (b"hello", "damaged"),
        (npy(f"({'9' * 5000},)"), "damaged"),
    ],
)
def test_an_array_that_lies_about_itself_is_damaged(tmp_path, content, said):
    with pytest.raises(ValueError, match=said):
        read_arrays(zipped(tmp_path / "x.npz", content))


def test_nothing_is_unpickled(tmp_path):
    np.savez(tmp_path / "x.npz", x=np.array([{"a": 1}], dtype=object))
    with pytest.raises(ValueError, match="no array of the size"):
        read_arrays(tmp_path / "x.npz")


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    path = zipped(tmp_path / "x.npz", npy("(250000000,)", bytes(10**9)))
    assert path.stat().st_size < 2 * 10**6
    monkeypatch.setattr(zipfile.ZipFile, "open", None)
    with pytest.raises(ValueError, match="claims to unpack"):
        read_arrays(path)


def test_many_members_of_the_same_bytes_are_refused(tmp_path):
    """An overlap: every entry of the directory leads to the first member."""
    path = zipped(tmp_path / "x.npz", npy("(1000,)", bytes(4000)), zipfile.ZIP_STORED, ["a", "b"])
    content = path.read_bytes()
    begin = content.index(b"PK\x01\x02")
    first = content[begin : content.index(b"PK\x01\x02", begin + 1)]
    other = first.replace(b"a.npy", b"b.npy")
    end = bytearray(content[content.index(b"PK\x05\x06") :])
    end[16:20] = (begin - 4000).to_bytes(4, "little")
    overlapping = content[4000:begin] + first + other + end
    path.write_bytes(overlapping)
    with pytest.raises(ValueError, match="damaged"):
        read_arrays(path)


def test_a_changed_byte_fails_its_checksum(tmp_path):
    np.savez(tmp_path / "x.npz", x=np.zeros(1000))
    content = bytearray((tmp_path / "x.npz").read_bytes())
    content[1000] = 1
    (tmp_path / "x.npz").write_bytes(content)
    with pytest.raises(ValueError, match="CRC"):
        read_arrays(tmp_path / "x.npz")


def test_other_packing_than_numpy_s_is_refused(tmp_path):
    buffer = io.BytesIO()
    np.save(buffer, np.zeros(3))
    path = zipped(tmp_path / "x.npz", buffer.getvalue(), zipfile.ZIP_LZMA)
    with pytest.raises(ValueError, match="packed in another way"):
        read_arrays(path)
