# A user's script, statement by statement, as pyreg.port runs it: parsed, run, and looked into.
#
# Sourced into the bridge's environment; pyreg/port/ calls these functions.

#' Parse R code so that every statement knows its lines
#'
#' @param lines Of the file; `name` is what R calls the file in its messages.
#' @return An expression vector.
parse_script <- function(lines, name) {
  file <- srcfilecopy(name, lines, isFile = FALSE)
  class(file) <- c("pyreg_script", class(file))
  tryCatch(
    parse(text = lines, keep.source = TRUE, srcfile = file),
    error = function(condition) stop(conditionMessage(condition), call. = FALSE)
  )
}

#' Comments of parsed code
#'
#' @return A list: `line`, `column` and `text` of each.
script_comments <- function(expressions) {
  tokens <- utils::getParseData(expressions, includeText = TRUE)
  comments <- tokens[tokens$token == "COMMENT", ]
  list(
    line = as.list(comments$line1),
    column = as.list(comments$col1),
    text = as.list(comments$text)
  )
}

#' The statements of parsed code as lists of lists
#'
#' @return For each its `tree` (see `as_tree()`) and its `lines`.
script_statements <- function(expressions) {
  spans <- lapply(attr(expressions, "srcref"), as_span)
  unname(Map(function(code, span) list(tree = as_tree(code), span = span), expressions, spans))
}

as_span <- function(srcref) {
  # File, first line and column, last line and column.
  c(list(attr(srcref, "srcfile")$filename), as.list(as.integer(srcref)[c(1L, 5L, 3L, 6L)]))
}

#' R code as a list of lists, which needs no R to be read
#'
#' A list with one of `symbol`, `constant`, `missing`, `call` or `parameters`.
as_tree <- function(code, span = NULL) {
  if (is.symbol(code) && !nzchar(as.character(code))) { # as the first index in x[, 1]
    list(missing = TRUE)
  } else if (is.symbol(code)) {
    list(symbol = as.character(code))
  } else if (is_call_of(code, "function")) {
    function_tree(code[[2L]], code[[3L]], code[[4L]])
  } else if (is.call(code)) {
    call_tree(code, span)
  } else if (is.function(code)) {
    function_tree(formals(code), body(code), attr(code, "srcref"))
  } else if (is.atomic(code) && length(code) == 1L || is.null(code)) {
    list(constant = as.vector(code))
  } else {
    list(other = class(code)[[1L]])
  }
}

is_call_of <- function(code, name) {
  is.call(code) && is.symbol(code[[1L]]) && identical(as.character(code[[1L]]), name)
}

call_tree <- function(code, span) {
  srcrefs <- attr(code, "srcref") # of a block: its own and one per statement
  arguments <- lapply(seq_along(code)[-1L], function(i) {
    inner <- if (is.list(srcrefs) && i <= length(srcrefs)) as_span(srcrefs[[i]])
    as_tree(code[[i]], inner)
  })
  names <- names(code)[-1L]
  list(
    call = as_tree(code[[1L]]),
    arguments = arguments,
    names = as.list(if (is.null(names)) rep("", length(arguments)) else names),
    span = span
  )
}

function_tree <- function(parameters, body, srcref) {
  list(
    parameters = as.list(names(parameters)),
    defaults = lapply(unname(as.list(parameters)), function(default) as_tree(default)),
    body = as_tree(body),
    span = if (inherits(srcref, "srcref")) as_span(srcref)
  )
}

#' Leave loops of the top level to R's interpreter: compiled ones do not know their lines
stay_interpreted <- function() {
  compiler::enableJIT(2L)
}

#' Evaluate one statement as Rscript does; an error carries the line of the user's that led to it
#'
#' @return Whether the script goes on; `FALSE` after `quit()`.
run_statement <- function(expressions, i) {
  rm(list = ls(failed_at), envir = failed_at)
  withRestarts(
    {
      answer <- withCallingHandlers(
        withVisible(eval(expressions[[i]], globalenv())),
        warning = function(condition) failed_at$warning <- conditionMessage(condition),
        error = note_failure
      )
      if (answer$visible) {
        print(answer$value)
      }
      TRUE
    },
    script_ends = function() FALSE
  )
}

failed_at <- new.env(parent = emptyenv())

note_failure <- function(condition) {
  spans <- script_spans(sys.calls())
  call <- conditionCall(condition)
  failed_at$span <- if (length(spans)) spans[[length(spans)]]
  failed_at$head <- if (is.call(call)) call_head(call)
  failed_at$in_call <- in_call(condition)
}

#' What is known of a failure
#'
#' @return A list: the `span` of the code that failed, `NULL` where R does not say; the `head` of
#'   the call that R names, and its words on it, `in_call`; what R warned of before, `warning`: the
#'   file that is missing.
what_failed <- function() {
  known <- c("span", "head", "in_call", "warning")
  sapply(known, function(name) failed_at[[name]], simplify = FALSE)
}

#' Where the script is while it calls Python
#'
#' @return A list: `frames`, the user's functions that are at work, outermost first, each with the
#'   `span` of its definition, its `environment` and the spans of the statements that `called` it;
#'   `spans`, of the statements under way in the innermost; `calls`, what these have called.
where <- function() {
  calls <- sys.calls()
  functions <- lapply(seq_along(calls), sys.function)
  ours <- which(vapply(functions, is_of_script, logical(1)))
  begins <- c(1L, ours + 1L)
  frames <- lapply(seq_along(ours), function(k) {
    list(
      span = as_span(attr(functions[[ours[[k]]]], "srcref")),
      environment = sys.frame(ours[[k]]),
      called = script_spans(calls[seq.int(begins[[k]], ours[[k]])])
    )
  })
  inner <- calls[seq.int(begins[[length(begins)]], length(calls))]
  list(frames = frames, spans = script_spans(inner), calls = inner)
}

is_of_script <- function(f) {
  is_of_script_file(attr(f, "srcref"))
}

is_of_script_file <- function(srcref) {
  inherits(attr(srcref, "srcfile"), "pyreg_script")
}

script_spans <- function(calls) {
  srcrefs <- lapply(calls, attr, "srcref")
  lapply(srcrefs[vapply(srcrefs, is_of_script_file, logical(1))], as_span)
}

#' The R call that led to Python: the last one under way that the script itself writes
#'
#' @param calls As `where()` gives them; `heads`: names of functions that the script calls.
#' @return Its tree, all arguments named as its function names them; `NULL` if there is none.
verb_of <- function(calls, heads) {
  for (call in rev(calls)) {
    head <- call_head(call)
    if (!is.null(head) && head %in% heads && !head %in% c("%>%", "|>", "{", "(")) {
      f <- get0(head, globalenv(), mode = "function")
      matched <- tryCatch(match.call(f, call), error = function(e) call)
      return(as_tree(as.call(c(as.name(head), as.list(matched)[-1L]))))
    }
  }
  NULL
}

call_head <- function(call) {
  head <- call[[1L]]
  if (is_call_of(head, "::") || is_call_of(head, ":::")) {
    head <- head[[3L]]
  }
  if (is.symbol(head)) as.character(head)
}

#' What old spellings in use became: a list of texts, named by them
spellings_that_became <- function() {
  if (exists("old_spellings")) old_spellings() else list()
}

#' The number by which Python tells an object of reticulate's from others, as text
reticulate_id <- function(x) {
  utils::getFromNamespace("py_id", "reticulate")(x)
}

#' The value of a function's parameter, in a list; `NULL` if it was not given one
parameter <- function(environment, name) {
  tryCatch(
    {
      value <- get(name, environment, inherits = FALSE)
      list(value)
    },
    error = function(e) NULL
  )
}

# What a script leaves out ------------------------------------------------------------------------

# What changes the machine or waits for a person: left out, with a note.
not_done <- c(
  "install.packages", "update.packages", "remove.packages", "install_github", "install_version",
  "install_cran", "install_keras", "install_tensorflow", "install_python", "install_miniconda",
  "py_install", "conda_install", "virtualenv_create", "virtualenv_install", "conda_create",
  "use_python", "use_condaenv", "use_virtualenv", "use_miniconda", "py_require", "p_load",
  "View", "fix", "edit", "X11", "x11", "windows", "quartz", "browser", "tensorboard", "Sys.sleep",
  "shell.exec", "browseURL", "savehistory", "loadhistory"
)
quiet <- c("Sys.sleep", "use_python", "use_condaenv", "use_virtualenv", "use_miniconda")

#' Put stand-ins before the functions that a script must not call here
#'
#' @param say A function that is told what was left out.
#' @param run_file A function that runs another file as a part of the script.
#' @param home The folder that the script was written in; it runs in a copy.
attach_stand_ins <- function(say, run_file, home) {
  stand_ins <- sapply(not_done, function(name) {
    function(...) {
      if (!name %in% quiet) say(name, "nothing is installed, opened or waited for here")
      invisible(NULL)
    }
  }, simplify = FALSE)
  stand_ins$setwd <- function(dir) set_folder(dir, home, say)
  stand_ins$q <- stand_ins$quit <- function(...) end_script()
  stand_ins$readline <- function(prompt = "") ""
  stand_ins$source <- function(file, ...) if (!run_file(file)) end_script()
  exported <- get("::", globalenv()) # the bridge's, where it stands in for packages
  stand_ins$`::` <- function(pkg, name) {
    name <- as.character(substitute(name))
    of_base <- identical(substitute(pkg), quote(base))
    if (name %in% not_done || of_base && name %in% names(stand_ins)) {
      return(stand_ins[[name]])
    }
    do.call(exported, list(substitute(pkg), as.name(name)))
  }
  attach(stand_ins, name = "pyreg:port", warn.conflicts = FALSE)
  invisible(NULL)
}

#' A package that is attached hides nothing of the stand-ins
restore_stand_ins <- function() {
  stand_ins <- as.environment("pyreg:port")
  for (package in grep("^package:", search(), value = TRUE)) {
    hidden <- intersect(not_done, ls(package))
    if (match(package, search()) < match("pyreg:port", search())) {
      for (name in hidden) {
        replace_in(as.environment(package), name, stand_ins[[name]])
      }
    }
  }
}

replace_in <- function(environment, name, value) {
  if (bindingIsLocked(name, environment)) {
    unlockBinding(name, environment)
  }
  assign(name, value, envir = environment)
}

set_folder <- function(dir, home, say) {
  if (normalizePath(dir, mustWork = FALSE) == home) {
    dir <- "."
  }
  inside <- startsWith(normalizePath(dir, mustWork = FALSE), getwd())
  if (inside && dir.exists(dir)) {
    return(setwd(dir)) # base's: this file lies behind the stand-ins
  }
  say("setwd", "the script runs in a copy of its folder")
  invisible(getwd())
}

# A restart, and no condition: a script that catches errors ends all the same.
end_script <- function() {
  tryInvokeRestart("script_ends")
  stop("quit() in a function that Keras calls cannot be ported; leave it out", call. = FALSE)
}
