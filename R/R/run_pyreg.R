# The command `pyreg` found and run, by what of this package asks it.

# Where the command `pyreg` is; one sentence says how to get it if it is nowhere.
find_pyreg <- function(folder) {
  given <- getOption("pyreg.command")
  if (!is.null(given)) {
    return(given)
  }
  folder <- normalizePath(folder, mustWork = FALSE)
  while (dirname(folder) != folder) {
    found <- file.path(folder, ".venv", "bin", "pyreg")
    if (file.exists(found)) {
      return(found)
    }
    folder <- dirname(folder)
  }
  found <- Sys.which("pyreg")
  if (!nzchar(found)) {
    stop("pyreg was not found; run `make` in a clone of it and name that folder, as in ",
         "options(pyreg.folder = \"~/pyreg\")", call. = FALSE)
  }
  unname(found)
}

# Run pyreg in a folder. How far it is comes as messages while it works; its own message is the
# error, in one line; `yours` is a file in it that the caller knows as a history.
run_in <- function(folder, command, arguments, yours = NULL) {
  before <- setwd(folder)
  on.exit(setwd(before))
  called <- paste(c(environment_of_caller(), shQuote(c(command, arguments))), collapse = " ")
  said <- pipe(paste(called, "2>&1 >/dev/null"), "r")
  on.exit(if (!is.null(said)) close(said), add = TRUE)
  lines <- character()
  while (length(line <- readLines(said, 1L, warn = FALSE)) > 0L) {
    lines <- c(lines, line)
    if (!grepl("^(pyreg|usage:) ", line)) {
      message(line)
    }
  }
  status <- close(said)
  said <- NULL
  if (!is.null(status) && status != 0L) {
    why <- grep("^pyreg", lines, value = TRUE)
    why <- if (length(why) > 0L) why[[length(why)]] else paste(lines, collapse = "\n")
    if (!is.null(yours)) {
      why <- sub(yours, "your history", why, fixed = TRUE)
    }
    stop(in_r_words(why), call. = FALSE)
  }
}

# What a message says of the command's words, in those of the functions here.
in_r_words <- function(text) {
  text <- gsub("--quick\\b", "quick = TRUE", text, perl = TRUE)
  text <- gsub("--(results|model) ([^ ;,]+)", "\\1 = \"\\2\"", text)
  text <- gsub("--config ([^ ;,]+)", "arguments = c(\"--config\", \"\\1\")", text)
  named <- "name your clone of pyreg, as in options(pyreg.folder = \"~/pyreg\")"
  gsub("change to your clone of pyreg (cd)", named, text, fixed = TRUE)
}

# R puts the system's folders first in the path of libraries, where pyreg's Python could find
# another libpython than its own: the path as it was before R.
environment_of_caller <- function() {
  put_first <- file.path(R.home("etc"), "ldpaths")
  if (!file.exists(put_first)) {
    return(character())
  }
  script <- paste0(". ", shQuote(put_first), "; printf %s \"$LD_LIBRARY_PATH\"")
  of_r <- system2(
    "sh", c("-c", shQuote(script)), stdout = TRUE,
    env = c("LD_LIBRARY_PATH=", paste0("R_HOME=", shQuote(R.home())))
  )
  path <- Sys.getenv("LD_LIBRARY_PATH")
  while (nzchar(of_r) && startsWith(path, of_r)) { # more than once where R started R
    path <- sub("^:", "", substring(path, nchar(of_r) + 1L))
  }
  paste0("LD_LIBRARY_PATH=", shQuote(path))
}
