# The lesson alone, for people with R's keras3 who have a clone of pyreg and not its R package:
# lesson_run() from the command line. `Rscript R/inst/scripts/run_lesson.R --help` tells how.

usage <- "Train the five networks of the lesson on regularization with R's keras3.

Usage: Rscript R/inst/scripts/run_lesson.R [--models NAMES] [--epochs N] [--seed N]
                                           [--reviews N] [--output-dir DIR]

  --models NAMES    which, separated by commas: baseline,smaller,bigger,l2,dropout (default: all)
  --epochs N        passes over the training reviews (default: 20)
  --seed N          seed set before each model (default: none, as in the lesson). With a seed Keras
                    3.15 repeats the same order of reviews in every epoch
  --reviews N       only the first N training and N validation reviews, for a quick look
  --output-dir DIR  where NAME.csv and NAME.rds are written (default: lesson)
  --help            this text

Needs the R package keras3 with a Python that has Keras and TensorFlow (keras3::install_keras()).
The reviews are Keras' IMDB data; the first run downloads them (17 MB).

Each CSV is as.data.frame(history), each RDS the history itself. To compare one with pyreg:
  pyreg compare lesson/baseline.csv --model baseline
"

defaults <- list(models = NULL, epochs = 20L, seed = NULL, reviews = NULL, output_dir = "lesson")

#' Read the command line
#'
#' @param arguments Words such as `c("--epochs", "2")`.
#' @return `defaults` with what was given; `NULL` if help was asked for.
parse_arguments <- function(arguments) {
  if ("--help" %in% arguments) {
    return(NULL)
  }
  options <- defaults
  while (length(arguments) > 0L) {
    name <- gsub("-", "_", sub("^--", "", arguments[[1L]]))
    if (!startsWith(arguments[[1L]], "--") || !name %in% names(defaults) ||
          length(arguments) == 1L) {
      stop("got '", arguments[[1L]], "', expected an option with its value; see --help",
           call. = FALSE)
    }
    options[[name]] <- parse_value(name, arguments[[2L]])
    arguments <- arguments[-(1:2)]
  }
  options
}

parse_value <- function(name, value) {
  if (name == "output_dir") {
    return(value)
  }
  if (name == "models") {
    return(strsplit(value, ",", fixed = TRUE)[[1L]])
  }
  number <- suppressWarnings(as.integer(value))
  if (is.na(number) || number < 0L || (number == 0L && name != "seed")) {
    stop("--", name, " got '", value, "', expected a whole number", call. = FALSE)
  }
  number
}

main <- function() {
  options <- parse_arguments(commandArgs(trailingOnly = TRUE))
  if (is.null(options)) {
    cat(usage)
    return(invisible())
  }
  if (!requireNamespace("keras3", quietly = TRUE)) {
    stop("R's keras3 is missing; install.packages(\"keras3\"), then keras3::install_keras()",
         call. = FALSE)
  }
  suppressPackageStartupMessages(library("keras3", character.only = TRUE))
  script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
  script <- gsub("~+~", " ", script, fixed = TRUE) # how Rscript hands on a blank
  source(file.path(dirname(script), "..", "..", "R/lesson.R"))
  lesson_run(options$models, options$epochs, options$seed, options$reviews, options$output_dir)
}

if (sys.nframe() == 0L) { # run by Rscript, not sourced
  main()
}
