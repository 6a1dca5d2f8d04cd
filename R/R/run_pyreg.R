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

run_in <- function(folder, command, arguments) {
  before <- setwd(folder)
  on.exit(setwd(before))
  said <- tempfile("pyreg-", fileext = ".txt")
  on.exit(unlink(said), add = TRUE)
  status <- system2(
    command, shQuote(arguments), stdout = FALSE, stderr = said,
    env = environment_of_caller()
  )
  if (status != 0L) {
    lines <- readLines(said, warn = FALSE)
    why <- grep("^pyreg", lines, value = TRUE)
    stop(if (length(why) > 0L) why[[length(why)]] else paste(lines, collapse = "\n"),
         call. = FALSE)
  }
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
  if (startsWith(path, of_r)) {
    path <- sub("^:", "", substring(path, nchar(of_r) + 1L))
  }
  paste0("LD_LIBRARY_PATH=", shQuote(path))
}
