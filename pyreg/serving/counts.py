"""Answers in, counts of them in a SQLite file out: no text, and no word that was not trained on."""

import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pyreg.errors import InputError

if TYPE_CHECKING:  # it loads Keras
    from pyreg.serving.network import Answer

TABLES = """
CREATE TABLE IF NOT EXISTS answers (
  day TEXT NOT NULL,
  num_words INTEGER NOT NULL,
  num_known INTEGER NOT NULL,
  probability REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS words (
  day TEXT NOT NULL, place INTEGER NOT NULL, num_texts INTEGER NOT NULL, PRIMARY KEY (day, place)
);
"""

COLUMNS = {
    "answers": ["day", "num_words", "num_known", "probability"],
    "words": ["day", "place", "num_texts"],
}
NOTHING = "DELETE FROM words WHERE place < 0"  # a write, which a file that takes none refuses


class Counts:
    """The file that a service writes; several threads may."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file = sqlite3.connect(path, check_same_thread=False)
            _require_own(self._file)
            self._file.execute("PRAGMA journal_mode=WAL")  # whole after a crash, and read meanwhile
            self._file.executescript(TABLES)
            with self._file:
                self._file.execute(NOTHING)
        except sqlite3.Error as error:
            raise InputError(
                f"{path} cannot be written as a file of counts ({error}); name another one"
            ) from None
        self._turn = threading.Lock()

    def add(self, answers: Sequence["Answer"], rows: np.ndarray) -> None:
        """All of a request's answers, or none.

        Args:
            rows: the words that occur in each text, (num_texts, num_words), 0 or 1.
        """
        day = datetime.now(UTC).date().isoformat()
        per_word = rows.sum(axis=0, dtype=int)
        places = np.flatnonzero(per_word).tolist()
        with self._turn, self._file:
            self._file.executemany(
                "INSERT INTO answers VALUES (?, ?, ?, ?)",
                [(day, one.num_words, one.num_known, one.probability) for one in answers],
            )
            self._file.executemany(
                "INSERT INTO words VALUES (?, ?, ?) "
                "ON CONFLICT DO UPDATE SET num_texts = num_texts + excluded.num_texts",
                [(day, place, int(per_word[place])) for place in places],
            )


def _require_own(file: sqlite3.Connection) -> None:
    """Refuse another program's database before anything is written to it.

    Raises:
        sqlite3.DatabaseError: it has tables that are not those of counts.
    """
    names = [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type='table'")]
    for name in names:
        rows = file.execute("SELECT name FROM pragma_table_info(?)", (name,))
        if [column for (column,) in rows] != COLUMNS.get(name):
            raise sqlite3.DatabaseError(f"it has a table {name[:40]} of another program's")


def read(path: Path, since: str, num_words: int) -> tuple[pd.DataFrame, np.ndarray]:
    """What was counted from a day on.

    Returns:
        a row per text: num_words, num_known, probability; and int64 array (num_words,): how many
        texts hold each word.

    Raises:
        InputError: the file is missing, or holds no counts.
    """
    if not path.is_file():
        raise InputError(f"{path} is not there; expected a file that `pyreg serve --counts` wrote")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as file:
            answers = pd.read_sql_query(
                "SELECT num_words, num_known, probability FROM answers WHERE day >= ?",
                file,
                params=(since,),
            ).astype(float)
            found = file.execute(
                "SELECT place, SUM(num_texts) FROM words WHERE day >= ? GROUP BY place", (since,)
            ).fetchall()
        per_word = np.zeros(num_words, np.int64)
        for place, number in found:
            if not 0 <= place < num_words:
                raise ValueError(f"it counts word {place} of {num_words}")
            per_word[place] = number
    except (sqlite3.Error, pd.errors.DatabaseError, ValueError, TypeError) as error:
        raise InputError(
            f"{path} holds no counts of this network ({str(error)[:100]}); name the file that "
            "`pyreg serve --counts` wrote for it"
        ) from None
    return answers, per_word
