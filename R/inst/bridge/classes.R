# Classes of Keras' whose methods are written in R: Layer(), Model(), Callback(), R6 classes, ...
#
# A method sees `self`, `super` and `private` as keras3 has them. Epochs and batches count from 1 in
# callbacks.

# keras3's functions -----------------------------------------------------------------------------

Layer <- function(classname, initialize = NULL, call = NULL, build = NULL, get_config = NULL, ...,
                  public = list(), private = list(), inherit = NULL, parent_env = parent.frame()) {
  members <- members_of(initialize = initialize, call = call, build = build,
                        get_config = get_config, ..., public = public)
  made <- new_class(classname, members, inherit %||% "keras.Layer", private, parent_env)
  class_maker(made, members, composes = TRUE)
}

Model <- function(classname, initialize = NULL, call = NULL, train_step = NULL,
                  predict_step = NULL, test_step = NULL, compute_loss = NULL,
                  compute_metrics = NULL, ..., public = list(), private = list(), inherit = NULL,
                  parent_env = parent.frame()) {
  members <- members_of(initialize = initialize, call = call, train_step = train_step,
                        predict_step = predict_step, test_step = test_step,
                        compute_loss = compute_loss, compute_metrics = compute_metrics, ...,
                        public = public)
  made <- new_class(classname, members, inherit %||% "keras.Model", private, parent_env)
  class_maker(made, members)
}

Callback <- function(classname, on_epoch_begin = NULL, on_epoch_end = NULL, on_train_begin = NULL,
                     on_train_end = NULL, on_train_batch_begin = NULL, on_train_batch_end = NULL,
                     on_test_begin = NULL, on_test_end = NULL, on_test_batch_begin = NULL,
                     on_test_batch_end = NULL, on_predict_begin = NULL, on_predict_end = NULL,
                     on_predict_batch_begin = NULL, on_predict_batch_end = NULL, ...,
                     public = list(), private = list(), inherit = NULL,
                     parent_env = parent.frame()) {
  members <- members_of(
    on_epoch_begin = on_epoch_begin, on_epoch_end = on_epoch_end,
    on_train_begin = on_train_begin, on_train_end = on_train_end,
    on_train_batch_begin = on_train_batch_begin, on_train_batch_end = on_train_batch_end,
    on_test_begin = on_test_begin, on_test_end = on_test_end,
    on_test_batch_begin = on_test_batch_begin, on_test_batch_end = on_test_batch_end,
    on_predict_begin = on_predict_begin, on_predict_end = on_predict_end,
    on_predict_batch_begin = on_predict_batch_begin, on_predict_batch_end = on_predict_batch_end,
    ..., public = public
  )
  base <- inherit %||% "keras.callbacks.Callback"
  class_maker(new_class(classname, members, base, private, parent_env), members)
}

Loss <- function(classname, call = NULL, ..., public = list(), private = list(), inherit = NULL,
                 parent_env = parent.frame()) {
  members <- members_of(call = call, ..., public = public)
  made <- new_class(classname, members, inherit %||% "keras.Loss", private, parent_env)
  class_maker(made, members)
}

Metric <- function(classname, initialize = NULL, update_state = NULL, result = NULL, ...,
                   public = list(), private = list(), inherit = NULL,
                   parent_env = parent.frame()) {
  members <- members_of(initialize = initialize, update_state = update_state, result = result, ...,
                        public = public)
  made <- new_class(classname, members, inherit %||% "keras.Metric", private, parent_env)
  class_maker(made, members)
}

Constraint <- function(classname, call = NULL, get_config = NULL, ..., public = list(),
                       private = list(), inherit = NULL, parent_env = parent.frame()) {
  members <- members_of(`__call__` = call, get_config = get_config, ..., public = public)
  base <- inherit %||% "keras.constraints.Constraint"
  class_maker(new_class(classname, members, base, private, parent_env), members)
}

LearningRateSchedule <- function(classname, call = NULL, initialize = NULL, get_config = NULL, ...,
                                 public = list(), private = list(), inherit = NULL,
                                 parent_env = parent.frame()) {
  members <- members_of(initialize = initialize, `__call__` = call, get_config = get_config, ...,
                        public = public)
  base <- inherit %||% "keras.optimizers.schedules.LearningRateSchedule"
  class_maker(new_class(classname, members, base, private, parent_env), members)
}

new_layer_class <- Layer
new_model_class <- Model
new_callback_class <- Callback
new_loss_class <- Loss
new_metric_class <- Metric
new_learning_rate_schedule_class <- LearningRateSchedule

#' Make a class as Python's `class NAME(BASE):` does
#'
#' @param spec `Name(base)`; the class is assigned to `Name`.
#' @param body Assignments of methods and attributes between braces.
`%py_class%` <- function(spec, body) {
  spec <- substitute(spec)
  frame <- parent.frame()
  space <- new.env(parent = frame)
  space$private <- new.env(parent = emptyenv())
  eval(substitute(body), space)
  private <- as.list(space$private, all.names = TRUE)
  rm("private", envir = space)
  bases <- if (is.call(spec)) lapply(as.list(spec[-1L]), eval, frame) else list()
  name <- as.character(if (is.call(spec)) spec[[1L]] else spec)
  made <- new_class(name, as.list(space, all.names = TRUE), unname(bases), private, frame)
  assign(name, made, envir = frame)
  invisible(made)
}

`%<-active%` <- function(sym, value) { # nolint: object_name_linter.
  assign(as.character(substitute(sym)), active_property(value), envir = parent.frame())
}

active_property <- function(fn) {
  structure(fn, is_property = TRUE)
}
mark_active <- active_property

custom_metric <- function(name, metric_fn) {
  python("named function", metric_fn, name)
}

metric_mean_wrapper <- function(..., fn, name = NULL, dtype = NULL) {
  given <- arguments_given(sys.nframe())
  given$fn <- as_python(fn, paste0(name %||% "custom_metric", if (!is.null(name)) "_fn"))
  call_symbol("keras.metrics.MeanMetricWrapper", given)
}

as_constraint <- function(f) {
  Constraint(attr(f, "name") %||% "CustomConstraint", call = f)()
}

# Making a class ---------------------------------------------------------------------------------

members_of <- function(..., public) {
  members <- Filter(Negate(is.null), list(...))
  utils::modifyList(members, public, keep.null = TRUE)
}

#' Make a Python class of R's members
#'
#' @param base Dotted name of a class of Python's, or classes: of Python's, made in R, or verbs that
#'   stand for one.
new_class <- function(name, members, base, private, parent_env) {
  space <- new.env(parent = parent_env) # what all methods see
  names(members) <- sub("^initialize$", "__init__", sub("^finalize$", "__del__", names(members)))
  bases <- lapply(if (is.list(base)) base else list(base), as_class)
  in_callback <- any(vapply(bases, is_callback_class, logical(1L)))
  made <- Map(function(member, key) {
    as_member(member, key, space, private, in_callback)
  }, members, names(members))
  class <- python("class", name, bases, made, module_of(parent_env))
  space$`__class__` <- class
  assign(name, class, envir = space)
  space$super <- structure(
    function(type = class, object = get("self", envir = parent.frame())) {
      python("super", type, object)
    },
    class = "python_super"
  )
  class
}

# Keras asks where a class is from, to tell its own from a user's.
module_of <- function(environment) {
  name <- environmentName(topenv(environment))
  if (nzchar(name)) paste0("R.", name) else "R"
}

as_class <- function(x) {
  if (is.character(x)) python_symbol(x) else as_python(x)
}

is_callback_class <- function(class) {
  python_builtin("issubclass")(class, python_symbol("keras.callbacks.Callback"))
}

as_member <- function(member, name, space, private, in_callback) {
  if (!is.function(member) || is_python(member)) {
    return(member)
  }
  if (is_class_maker(member)) {
    return(as_python(member))
  }
  method <- as_method(member, name, space, private)
  if (isTRUE(attr(member, "is_property"))) {
    return(python("property", method))
  }
  if (name == "from_config") {
    return(python("class method", method))
  }
  if (in_callback) of_callback(method, name) else method
}

# Methods of a callback that are told a number count from 1; what others return goes into the logs.
of_callback <- function(method, name) {
  if (grepl("^on_(epoch|batch|.*_batch)_(begin|end)$", name)) {
    python("counted function", method, 1L)
  } else if (grepl("^on_(train|test|predict)_(begin|end)$", name)) {
    python("logging function", method)
  } else {
    method
  }
}

# A function of `self` first (of a class method, `cls`), in an environment with `super`.
as_method <- function(f, name, space, private) {
  first <- if (name == "from_config") "cls" else "self"
  if (!identical(names(formals(f))[1L], first)) {
    formals(f) <- c(stats::setNames(formals(function(self) NULL), first), formals(f))
  }
  environment(f) <- space
  if ("private" %in% all.names(body(f))) {
    body(f) <- substitute(
      {
        private <- private_of(self, members, space)
        body
      },
      list(private_of = private_of, members = private, space = space, body = body(f))
    )
  }
  f
}

# What an object keeps for its own methods only: an R environment, which Python holds for us.
private_of <- function(self, members, space) {
  held <- python("get or", self, "_private_of_r", NULL)
  if (!is.null(held)) {
    return(held)
  }
  of_object <- new.env(parent = space)
  of_object$self <- self
  of_object$private <- private <- new.env(parent = emptyenv())
  for (name in names(members)) {
    member <- members[[name]]
    if (is.function(member) && !is_python(member)) {
      environment(member) <- of_object
    }
    private[[name]] <- member
  }
  python("set", self, "_private_of_r", private)
  private
}

#' @export
`$.python_super` <- function(x, name) {
  class <- environment(x)$class
  python("super get", python("super", class, get("self", envir = parent.frame())), name)
}

#' @export
`[[.python_super` <- function(x, i) {
  class <- environment(x)$class
  python("super get", python("super", class, get("self", envir = parent.frame())), i)
}

#' The R function that makes objects of a class, as layer_dense() makes layers
class_maker <- function(class, members, composes = FALSE) {
  space <- new.env(parent = bridge)
  space$`__class__` <- class
  maker <- if (composes) {
    function(...) {
      given <- layer_arguments(arguments_given(sys.nframe(), except = "object"))
      compose(held(sys.nframe(), "object")(), make_object(`__class__`, given))
    }
  } else {
    function(...) {
      make_object(`__class__`, arguments_given(sys.nframe()))
    }
  }
  initialize <- members$initialize %||% members$`__init__`
  own <- formals(initialize %||% function(...) NULL)
  piped <- if (composes) formals(function(object) NULL)
  formals(maker) <- c(piped, own[setdiff(names(own), "self")])
  environment(maker) <- space
  maker
}

make_object <- function(class, given) {
  is_named <- nzchar(names(given) %||% character(length(given)))
  python("call", class, unname(given[!is_named]), given[is_named])
}

is_class_maker <- function(x) {
  is.function(x) && !is_python(x) && !is.null(environment(x)) &&
    exists("__class__", envir = environment(x), inherits = FALSE)
}

# R6 classes -------------------------------------------------------------------------------------

is_r6_generator <- function(x) {
  inherits(x, "R6ClassGenerator")
}

#' The Python class for an R6 class, which may inherit from KerasCallback, KerasLayer, ... or a
#' class of Python's
r6_class <- function(generator) {
  inherited <- generator$get_inherit()
  base <- if (is.null(inherited)) {
    list()
  } else if (is_r6_generator(inherited)) {
    of_python <- r6_bases[[inherited$classname]]
    list(if (is.null(of_python)) r6_class(inherited) else python_symbol(of_python))
  } else {
    list(as_class(inherited))
  }
  members <- c(
    generator$public_fields, generator$public_methods, lapply(generator$active, active_property)
  )
  members$clone <- NULL
  initialize <- members$initialize
  if (!is.null(initialize) && !"super" %in% all.names(body(initialize))) {
    body(initialize) <- call("{", quote(super$initialize()), body(initialize))
    members$initialize <- initialize # in keras 2 Keras' own was called for it
  }
  private <- c(generator$private_fields, generator$private_methods)
  new_class(generator$classname, members, base, private, generator$parent_env)
}

r6_bases <- list(
  KerasCallback = "keras.callbacks.Callback",
  KerasLayer = "keras.Layer",
  KerasWrapper = "keras.layers.Wrapper",
  KerasConstraint = "keras.constraints.Constraint"
)
