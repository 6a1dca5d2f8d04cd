# `%>%`, `%<>%` and `%<-%`, for R without magrittr and zeallot.

#' Hand the left side to the right side's call as its first argument, or as its `.`
#'
#' The left side is evaluated when it is needed, as with `|>` and magrittr 2: the order in which
#' objects are made decides their seeds.
`%>%` <- function(lhs, rhs) {
  mask <- new.env(parent = parent.frame())
  delayedAssign(".", lhs, assign.env = mask)
  eval(with_dot(substitute(rhs)), mask, mask)
}

`%<>%` <- function(lhs, rhs) {
  target <- substitute(lhs)
  piped <- call("%>%", target, substitute(rhs))
  invisible(eval(call("<-", target, piped), parent.frame()))
}

# f(y) becomes f(., y), unless `.` stands among its arguments; f becomes f(.); {...} stays.
with_dot <- function(rhs) {
  if (!is.call(rhs)) {
    return(as.call(list(rhs, quote(.))))
  }
  has_dot <- any(vapply(as.list(rhs[-1L]), identical, logical(1L), quote(.)))
  if (has_dot || identical(rhs[[1L]], quote(`{`))) {
    return(rhs)
  }
  gives_function <- as.character(rhs[[1L]])[[1L]] %in% c("::", ":::", "$", "@", "(", "function")
  as.call(if (gives_function) list(rhs, quote(.)) else c(rhs[[1L]], quote(.), as.list(rhs[-1L])))
}

#' Take a list apart: `c(a, c(b, d)) %<-% x`; `...rest` takes what is left, `.` nothing
`%<-%` <- function(x, value) {
  take_apart(substitute(x), value, parent.frame())
  invisible(value)
}

take_apart <- function(names, value, frame) {
  if (!is.call(names) || !identical(names[[1L]], quote(c))) {
    return(eval(call("<-", names, call("quote", value)), frame))
  }
  names <- as.list(names[-1L])
  values <- values_for(names, as_parts(value))
  for (i in seq_along(names)) {
    if (is_rest(names[[i]])) {
      rest <- sub("^[.]{3}", "", as.character(names[[i]]))
      if (nzchar(rest)) assign(rest, values[[i]], envir = frame)
    } else if (!identical(names[[i]], quote(.))) {
      take_apart(names[[i]], values[[i]], frame)
    }
  }
}

is_rest <- function(name) {
  is.symbol(name) && startsWith(as.character(name), "...")
}

# A value for each name; what is left for `...rest` is one of them.
values_for <- function(names, values) {
  rest <- which(vapply(names, is_rest, logical(1L)))
  too_many <- length(values) - length(names)
  if (length(rest) == 0L && too_many != 0L || too_many < -length(rest)) {
    stop("%<-% got ", length(values), " values for ", length(names), " names", call. = FALSE)
  }
  if (length(rest) == 0L) {
    return(values)
  }
  before <- seq_len(rest - 1L)
  after <- seq_len(length(names) - rest) + length(values) - length(names) + rest
  c(as.list(values[before]), list(values[setdiff(seq_along(values), c(before, after))]),
    as.list(values[after]))
}

as_parts <- function(value) {
  if (is_python(value) || is.data.frame(value)) as.list(value) else value
}
