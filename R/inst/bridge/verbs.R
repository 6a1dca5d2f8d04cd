# Tables of facts in (inst/verbs/*.csv), a function for each row out, as R's keras3 has it.
#
# A verb has the arguments and defaults that R users know, but hands on to Python only what was
# given to it, by name. Defaults are Keras' own then, as they are with keras3.

verbs <- new.env() # name of a verb -> its row of the table, as a list

#' Make the verbs of a table, beside the functions that the bridge has for its rows of kind "own"
#'
#' @param file Path of a CSV.
#' @return A list of functions, by name.
make_verbs <- function(file) {
  table <- utils::read.csv(file, comment.char = "#", colClasses = "character", na.strings = NULL)
  table$becomes <- table$becomes %||% ""
  is_verb <- !table$kind %in% c("object", "none", "argument")
  list2env(lapply(split(table, table$verb)[table$verb[is_verb]], as_verb), verbs)
  served <- table[is_verb & table$kind != "own", ]
  code <- sprintf("function(%s) serve(%s)", served$arguments, dQuote(served$verb, FALSE))
  made <- lapply(parse(text = code, keep.source = FALSE), eval, bridge)
  list2env(stats::setNames(made, served$verb), bridge)
  spellings$arguments <- table[table$kind == "argument", ]
  mget(table$verb[is_verb], bridge)
}

as_verb <- function(row) {
  verb <- as.list(row)
  verb$convert <- c(pairs_of(row$convert), if (row$kind %in% c("layer", "merge")) of_layers)
  verb$rename <- pairs_of(row$rename)
  verb
}

of_layers <- c(input_shape = "shape", batch_size = "int", batch_input_shape = "shape")

# Of "a=int b=shape" a vector: "int" named a, "shape" named b.
pairs_of <- function(text) {
  pairs <- strsplit(strsplit(text, " ", fixed = TRUE)[[1L]], "=", fixed = TRUE)
  stats::setNames(vapply(pairs, `[[`, "", 2L), vapply(pairs, `[[`, "", 1L))
}

#' Verbs of the older keras package: each tells what it became
make_old_verbs <- function(file) {
  made <- make_verbs(file)
  telling <- Map(function(f, verb) {
    if (verb$kind == "own") {
      body(f) <- call("{", call("became", paste0(verb$verb, "()"), verb$becomes), body(f))
    }
    f
  }, made, mget(names(made), verbs))
  c(telling, with_dots(spellings$arguments$verb))
}

# Verbs of keras3 that would stop at arguments which they no longer have.
with_dots <- function(patterns) {
  is_old <- grepl(paste(utils::glob2rx(unique(patterns)), collapse = "|"), names(bridge))
  takers <- Filter(function(f) is.function(f) && !"..." %in% names(formals(f)),
                   mget(intersect(names(bridge)[is_old], names(verbs)), bridge))
  Map(function(f, verb) {
    force(f)
    function(...) do.call(f, with_new_names(verb, list(...)), quote = TRUE)
  }, takers, mget(names(takers), verbs))
}

#' Do what the calling verb stands for
#'
#' The order matters, because Keras draws a seed for each object that is made without one: first
#' all other arguments in the order of the formals, then the model that was piped in, then the
#' layer itself.
serve <- function(name) {
  verb <- verbs[[name]]
  which <- sys.parent()
  if (nzchar(verb$becomes)) {
    became(paste0(name, "()"), verb$becomes)
  }
  first <- held_back[verb$kind]
  served_by[[verb$kind]](verb, arguments_given(which, except = first), held(which, first))
}

# The argument that is forced after all others.
held_back <- c(layer = "object", merge = "inputs", method = "object")

#' Values of the arguments that a function was called with, not of those left to their defaults
#'
#' @param which Number of the function's frame.
#' @param except Names of arguments that are not to be evaluated.
#' @return A list; what stands in `...` comes last.
arguments_given <- function(which, except = character()) {
  frame <- sys.frame(which)
  known <- setdiff(names_given(which), except)
  values <- stats::setNames(lapply(known, function(name) frame[[name]]), known)
  if (!"..." %in% names(formals(sys.function(which)))) {
    return(values)
  }
  c(values, eval(quote(list(...)), frame))
}

names_given <- function(which) {
  f <- sys.function(which)
  call <- match.call(f, sys.call(which), envir = sys.frame(sys.parents()[[which]]))
  setdiff(intersect(names(formals(f)), names(call)), "...")
}

#' A function that gives the argument that was held back, `NULL` if there is none
held <- function(which, name) {
  frame <- sys.frame(which)
  is_given <- name %in% names_given(which)
  function() if (is_given) frame[[name]]
}

#' Arguments as Python is to get them
prepare <- function(verb, given) {
  given <- with_new_names(verb, given)
  for (name in intersect(names(given), names(verb$convert))) {
    conversion <- verb$convert[[name]]
    if (conversion == "index_from") { # 1, unless zero_indexed
      conversion <- if (isTRUE(given$zero_indexed)) "int_array" else "index"
    }
    given[name] <- list(conversions[[conversion]](given[[name]]))
  }
  is_renamed <- names(given) %in% names(verb$rename)
  names(given)[is_renamed] <- verb$rename[names(given)[is_renamed]]
  given[!names(given) %in% c("zero_indexed", "convert")]
}

# Old spellings ----------------------------------------------------------------------------------

#' Tell once what an old spelling became
became <- function(old, new) {
  if (is.null(spellings$said[[old]])) {
    spellings$said[[old]] <- new
    message("keras 2: ", old, " became ", new)
  }
}

#' What the old spellings in use became: a list of texts, named by the old ones
old_spellings <- function() {
  as.list(spellings$said)
}

#' Arguments of the older keras package under the names that they have now
with_new_names <- function(verb, given) {
  old <- spellings$arguments
  for (i in which(old$arguments %in% names(given))) {
    name <- old$arguments[[i]]
    if (!grepl(utils::glob2rx(old$verb[[i]]), verb$verb) || !name %in% names(given)) {
      next
    }
    new <- old$rename[[i]]
    became(paste0(verb$verb, "(", name, " = )"), old$becomes[[i]])
    if (nzchar(new) && !new %in% names(given)) {
      names(given)[names(given) == name] <- new
    } else {
      given[[name]] <- NULL
    }
  }
  given
}

all_named <- function(verb, given) {
  if (length(given) > 0L && !all(nzchar(names(given) %||% ""))) {
    stop(verb$verb, "() got an argument without a name among those that stand for `...`, expected ",
         "all of these named", call. = FALSE)
  }
  given
}

# Kinds of verbs ---------------------------------------------------------------------------------

served_by <- list(
  call = function(verb, given, held) {
    prepared <- prepare(verb, all_named(verb, given))
    if (verb$result == "index" && !isTRUE(given$zero_indexed)) {
      return(call_symbol(verb$symbol, prepared) + 1L)
    }
    call_symbol(verb$symbol, prepared)
  },
  choice = function(verb, given, held) {
    symbols <- strsplit(verb$symbol, " ", fixed = TRUE)[[1L]]
    has_data <- any(c("y_true", "y_pred") %in% names(given))
    call_symbol(symbols[[1L + has_data]], prepare(verb, all_named(verb, given)))
  },
  layer = function(verb, given, held) {
    given <- layer_arguments(prepare(verb, all_named(verb, given)))
    batch_shape <- given$batch_input_shape # keras 2's, of a stateful model's first layer
    given$batch_input_shape <- NULL
    object <- held()
    if (!is.null(batch_shape) && is_kind(object, "Sequential")) {
      object$add(call_symbol("keras.Input", list(batch_shape = batch_shape)))
    }
    compose(object, call_symbol(verb$symbol, given))
  },
  merge = function(verb, given, held) {
    is_named <- nzchar(names(given) %||% character(length(given)))
    inputs <- c(as_list(held()), unname(given[!is_named]))
    layer <- call_symbol(verb$symbol, layer_arguments(prepare(verb, given[is_named])))
    if (length(inputs) > 0L) layer(unname(inputs)) else layer
  },
  method = function(verb, given, held) {
    method <- python("get", held(), sub(".*[.]", "", verb$symbol))
    python("call", method, list(), prepare(verb, given))
  },
  application = function(verb, given, held) {
    with_application(call_symbol(verb$symbol, prepare(verb, given)), verb$symbol)
  },
  dataset = function(verb, given, held) {
    as_dataset(call_symbol(verb$symbol, prepare(verb, given)))
  },
  gone = function(verb, given, held) {
    stop("keras 2: ", verb$verb, "() is gone; use ", verb$becomes, call. = FALSE)
  }
)

call_symbol <- function(symbol, arguments) {
  python("call", python_symbol(symbol), list(), arguments)
}

#' Add a layer to a sequential model, call it on a tensor, or return it where there is neither
compose <- function(object, layer) {
  if (is.null(object)) {
    return(layer)
  }
  if (is_sequential(object)) {
    object$add(layer)
    return(invisible(object))
  }
  layer(object)
}

layer_arguments <- function(given) {
  for (name in names(given)) {
    if (is.function(given[[name]]) && !is_python(given[[name]])) {
      given[[name]] <- if (endsWith(name, "_constraint")) {
        as_constraint(given[[name]])
      } else {
        as_python(given[[name]])
      }
    }
  }
  given
}

#' The Python object for an R function: of a verb its symbol, of a class made in R the class
#'
#' @param name Under which Python knows another function of R's.
#' @param prefer_class Of verbs that stand for a class and a function, which.
as_python <- function(x, name = "r_function", prefer_class = TRUE) {
  if (!is.function(x) || is_python(x)) {
    return(if (is_r6_generator(x)) r6_class(x) else x)
  }
  symbol <- symbol_of(x, prefer_class)
  if (!is.null(symbol)) {
    return(python_symbol(symbol))
  }
  if (is_class_maker(x)) {
    return(environment(x)$`__class__`)
  }
  python("named function", x, attr(x, "py_function_name") %||% attr(x, "name") %||% name)
}

symbol_of <- function(f, prefer_class = TRUE) {
  body <- body(f)
  is_served <- is.call(body) && identical(body[[1L]], quote(serve))
  if (!is_served || !identical(environment(f), bridge)) {
    return(NULL)
  }
  symbols <- strsplit(verbs[[body[[2L]]]]$symbol, " ", fixed = TRUE)[[1L]]
  if (prefer_class) symbols[[1L]] else symbols[[length(symbols)]]
}
