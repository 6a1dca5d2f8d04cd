test_that("pyreg finds the libraries of who started R, not R's", {
  skip_on_os("windows")
  folder <- withr::local_tempdir()
  path <- paste(c(Sys.getenv("LD_LIBRARY_PATH"), "/opt/own"), collapse = ":")
  withr::local_envvar(LD_LIBRARY_PATH = path)
  run_in(folder, stand_in(folder, "printenv LD_LIBRARY_PATH > path"), "compare")
  seen <- strsplit(readLines(file.path(folder, "path")), ":", fixed = TRUE)[[1L]]
  expect_equal(tail(seen, 1L), "/opt/own")
  expect_false(R.home("lib") %in% seen)
})

test_that("the clone's own pyreg is found from a folder inside it, then that on the PATH", {
  skip_on_os("windows")
  clone <- normalizePath(withr::local_tempdir())
  bin <- file.path(clone, ".venv", "bin")
  dir.create(bin, recursive = TRUE)
  dir.create(file.path(clone, "results", "imdb"), recursive = TRUE)
  stand_in(bin, "true")
  withr::local_envvar(PATH = "")
  expect_equal(find_pyreg(file.path(clone, "results", "imdb")), file.path(bin, "pyreg"))
  elsewhere <- withr::local_tempdir()
  expect_error(find_pyreg(elsewhere), "pyreg was not found; run `make` in a clone of it")
  withr::local_envvar(PATH = bin)
  expect_equal(find_pyreg(elsewhere), file.path(bin, "pyreg"))
})

test_that("how far pyreg is comes while it works, and its own message is the error alone", {
  skip_on_os("windows")
  folder <- withr::local_tempdir()
  lines <- c(
    "echo training >&2", "until [ -e seen ]; do sleep 0.05; done",
    "echo shown nowhere", "echo 'pyreg compare: no --results here' >&2", "exit 2"
  )
  command <- stand_in(folder, lines)
  said <- character()
  expect_error(
    withCallingHandlers(
      run_in(folder, command, "compare"),
      message = function(condition) {
        said <<- c(said, conditionMessage(condition))
        file.create(file.path(folder, "seen")) # what the command waits for
        invokeRestart("muffleMessage")
      }
    ),
    "^pyreg compare: no results = \"here\"$"
  )
  expect_equal(said, "training\n")
})

test_that("the command's words are those of the functions here", {
  said <- in_r_words(paste(
    "leave out --quick, name --results results/small; --model l2,",
    "--config a.yaml; change to your clone of pyreg (cd)"
  ))
  expect_equal(said, paste0(
    "leave out quick = TRUE, name results = \"results/small\"; model = \"l2\", ",
    "arguments = c(\"--config\", \"a.yaml\"); ",
    "name your clone of pyreg, as in options(pyreg.folder = \"~/pyreg\")"
  ))
})
