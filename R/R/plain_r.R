# Initial weights, batches and dropout masks in; one epoch's history, weights, predictions out.

#' Dense networks in plain R: what Keras does in one epoch of fit()
#'
#' No Keras, no Python, doubles throughout. Everything is written out as formulas on matrices. A row
#' is a sample, in the lesson a review:
#'
#' ```
#' A0 = X                            (samples x inputs), in the lesson 0 or 1 for each word
#' Zl = A(l-1) Wl + bl               every layer is an affine map ...
#' Al = f(Zl) * Ml / (1 - rate)      ... an activation, and in training a dropout mask Ml of 0, 1
#' p  = 1 / (1 + exp(-ZL))           the last layer has one unit: the probability of a positive
#' ```
#'
#' X is kept transposed (inputs x samples) as a sparse matrix of package Matrix, which comes with
#' R: a batch is then a choice of columns, and only what is not 0 (of words 2.5 in 100) is
#' multiplied.
#'
#' `plain_r_epoch()` trains for one epoch with adam, `plain_r_evaluate()` predicts and measures
#' samples that were not trained on, without dropout. `plain_r_forward()` and `plain_r_backward()`
#' are the passes of which they consist.
#'
#' @param weights List of layers, each a list of a `kernel` (inputs x units) and a `bias` (units).
#' @param xt Samples: a sparse matrix (inputs x samples).
#' @param y Labels, 0 or 1.
#' @param batches List of integer vectors: the samples of each batch, in order.
#' @param network A list of vectors with a value for each layer, `activation`, `dropout` (after
#'   it), `l1` and `l2` (factors on its kernel), and, where it is not Keras' default, adam's
#'   `learning_rate`.
#' @param masks For each hidden layer a matrix (samples x units) of 0 and 1, or `NULL` where it has
#'   no dropout; `NULL` for all, as in validation. Of an epoch, one such list for each batch.
#' @param pass What `plain_r_forward()` returned for these samples, with these masks.
#' @return `plain_r_epoch()`: a list of the `weights` after the epoch and Keras' training `metrics`.
#'   Those are running means: every batch is measured *before* its step, weighted by its number of
#'   samples. `plain_r_evaluate()`: a list of the `probability` of a positive, for each sample, and
#'   Keras' validation `metrics`. `plain_r_forward()`: a list of `z`, the affine maps of all layers,
#'   `a`, the hidden layers' outputs, and `logit`, the last layer's z as a vector.
#'   `plain_r_backward()`: the gradient of the loss (mean cross-entropy plus penalty) by every
#'   weight, a list of layers like `weights`.
#' @examples
#' weights <- list(list(kernel = matrix(c(1, -1, 2)), bias = 0))
#' network <- list(activation = "sigmoid", dropout = 0, l1 = 0, l2 = 0)
#' xt <- Matrix::Matrix(c(1, 0, 1, 0, 1, 1), 3, sparse = TRUE)
#' plain_r_evaluate(weights, xt, y = c(1, 0), network)
#' @name plain_r
#' @importFrom stats dlogis dnorm plogis pnorm
#' @importFrom utils modifyList
NULL

# The nearest single-precision numbers.
as_single <- function(x) readBin(writeBin(x, raw(), size = 4), "double", length(x), size = 4)

# activations ---------------------------------------------------------------------------------

root <- as_single(sqrt(0.5)) / sqrt(0.5) # 1, but for the root that TensorFlow takes in gelu

# f(z) and f'(z), as Keras defines them.
activations <- list(
  relu = list(
    value = function(z) pmax(z, 0),
    slope = function(z) (z > 0) + 0
  ),
  tanh = list(
    value = tanh,
    slope = function(z) 1 - tanh(z)^2
  ),
  sigmoid = list(
    value = plogis,
    slope = dlogis
  ),
  elu = list(
    value = function(z) ifelse(z > 0, z, expm1(z)),
    slope = function(z) ifelse(z > 0, 1, exp(z))
  ),
  gelu = list(
    value = function(z) z * pnorm(root * z),
    slope = function(z) pnorm(root * z) + z * root * dnorm(root * z)
  )
)

# forward -------------------------------------------------------------------------------------

#' @rdname plain_r
#' @export
plain_r_forward <- function(weights, xt, network, masks = NULL) {
  last <- length(weights)
  z <- a <- list()
  for (l in seq_along(weights)) {
    product <- if (l == 1) {
      as.matrix(Matrix::crossprod(xt, weights[[1]]$kernel)) # X W1 = (X')' W1
    } else {
      a[[l - 1]] %*% weights[[l]]$kernel # A(l-1) Wl
    }
    z[[l]] <- add_bias(product, weights[[l]]$bias) # Zl
    if (l < last) {
      f <- activations[[network$activation[[l]]]]$value
      a[[l]] <- drop_out(f(z[[l]]), masks[[l]], network$dropout[[l]])
    }
  }
  list(z = z, a = a, logit = as.vector(z[[last]]))
}

# Z + 1 b': the bias is added to every row.
add_bias <- function(product, bias) {
  product + rep(bias, each = nrow(product))
}

# Inverted dropout: what is kept grows by 1 / (1 - rate), so that sums stay what they were.
drop_out <- function(x, mask, rate) {
  if (is.null(mask)) x else x * mask / (1 - rate)
}

# loss ----------------------------------------------------------------------------------------

# Binary cross-entropy of each sample, -log(p) if it is positive, -log(1 - p) if negative.
#
# From the logit z, the last layer's, as Keras computes it on TensorFlow when the last activation is
# the sigmoid: -y log(p) - (1 - y) log(1 - p) = max(z, 0) - y z + log(1 + exp(-|z|)). This form
# needs no clipping. Keras clips p to [1e-7, 1 - 1e-7] only where it is handed bare probabilities.
binary_crossentropy <- function(logit, y) {
  pmax(logit, 0) - y * logit + log1p(exp(-abs(logit)))
}

# Keras rounds p to 1 if it is greater than 0.5, that is if z > 0.
is_right <- function(logit, y) {
  (logit > 0) == (y == 1)
}

# The penalty l1 sum|W| + l2 sum W^2, summed over the layers' kernels, not their biases.
#
# Keras adds it to the loss, in validation too. Its factors are single-precision numbers.
penalty <- function(weights, network) {
  kernels <- lapply(weights, `[[`, "kernel")
  sum_over <- function(f) vapply(kernels, function(w) sum(f(w)), 0)
  sum(as_single(network$l1) * sum_over(abs) + as_single(network$l2) * sum_over(function(w) w^2))
}

# What Keras reports of a set of samples: means over them, the loss with its penalty.
metrics <- function(logit, y, penalty) {
  crossentropy <- mean(binary_crossentropy(logit, y))
  c(
    loss = crossentropy + penalty,
    accuracy = mean(is_right(logit, y)),
    binary_crossentropy = crossentropy
  )
}

# gradients -----------------------------------------------------------------------------------

# Backpropagation.
#' @rdname plain_r
#' @export
plain_r_backward <- function(weights, pass, xt, y, network, masks = NULL) {
  gradients <- vector("list", length(weights))
  delta <- matrix((plogis(pass$logit) - y) / length(y)) # dL/dZL, for p = plogis(ZL)
  for (l in rev(seq_along(weights))) {
    kernel <- if (l == 1) {
      as.matrix(xt %*% delta) # dL/dW1 = X' dL/dZ1
    } else {
      crossprod(pass$a[[l - 1]], delta) # dL/dWl = A(l-1)' dL/dZl
    }
    gradients[[l]] <- list(kernel = kernel, bias = colSums(delta)) # dL/dbl = dL/dZl' 1
    if (l > 1) {
      slope <- activations[[network$activation[[l - 1]]]]$slope
      by_output <- tcrossprod(delta, weights[[l]]$kernel) # dL/dA(l-1) = dL/dZl Wl'
      by_output <- drop_out(by_output, masks[[l - 1]], network$dropout[[l - 1]])
      delta <- by_output * slope(pass$z[[l - 1]]) # dL/dZ = dL/dA * f'(Z)
    }
  }
  add_penalty_gradient(gradients, weights, network)
}

# d(l1 |w| + l2 w^2)/dw = l1 sign(w) + 2 l2 w, for kernels.
add_penalty_gradient <- function(gradients, weights, network) {
  l1 <- as_single(network$l1)
  l2 <- as_single(network$l2)
  for (l in seq_along(weights)) {
    w <- weights[[l]]$kernel
    if (l1[[l]] > 0) gradients[[l]]$kernel <- gradients[[l]]$kernel + l1[[l]] * sign(w)
    if (l2[[l]] > 0) gradients[[l]]$kernel <- gradients[[l]]$kernel + 2 * l2[[l]] * w
  }
  gradients
}

# adam ----------------------------------------------------------------------------------------

# Keras' defaults.
adam_defaults <- list(learning_rate = 0.001, beta_1 = 0.9, beta_2 = 0.999, epsilon = 1e-7)

# Adam's memory before the first step: moments of 0 for every weight.
adam_start <- function(weights) {
  zeros <- rapply(weights, function(w) 0 * w, how = "list")
  list(step = 0, m = zeros, v = zeros)
}

# One step of adam, as Keras writes it (Kingma and Ba 2014, the efficient form before section
# 2.1): the bias corrections are in the learning rate, so epsilon is added to the uncorrected root.
# Keras takes their powers of single-precision betas, even where all else is double; the first steps
# are 6 millionths longer for it, which would show.
#
# `state` is what adam_start() or the step before returned; a list comes back, the new `weights` and
# the new `state`.
adam_step <- function(weights, gradients, state, adam = adam_defaults) {
  t <- state$step + 1
  correction <- sqrt(1 - as_single(adam$beta_2)^t) / (1 - as_single(adam$beta_1)^t)
  rate <- adam$learning_rate * correction
  for (l in seq_along(weights)) {
    for (part in c("kernel", "bias")) {
      g <- gradients[[l]][[part]]
      m <- state$m[[l]][[part]]
      v <- state$v[[l]][[part]]
      m <- m + (g - m) * (1 - adam$beta_1) # m = beta1 m + (1 - beta1) g
      v <- v + (g^2 - v) * (1 - adam$beta_2) # v = beta2 v + (1 - beta2) g^2
      weights[[l]][[part]] <- weights[[l]][[part]] - rate * m / (sqrt(v) + adam$epsilon)
      state$m[[l]][[part]] <- m
      state$v[[l]][[part]] <- v
    }
  }
  state$step <- t
  list(weights = weights, state = state)
}

# one epoch -----------------------------------------------------------------------------------

#' @rdname plain_r
#' @export
plain_r_epoch <- function(weights, xt, y, batches, network, masks = NULL) {
  state <- adam_start(weights)
  given <- intersect(names(network), names(adam_defaults))
  adam <- modifyList(adam_defaults, network[given])
  total <- 0
  for (i in seq_along(batches)) {
    batch <- batches[[i]]
    x_batch <- xt[, batch, drop = FALSE]
    pass <- plain_r_forward(weights, x_batch, network, masks[[i]])
    measured <- metrics(pass$logit, y[batch], penalty(weights, network))
    total <- total + measured * length(batch)
    gradients <- plain_r_backward(weights, pass, x_batch, y[batch], network, masks[[i]])
    stepped <- adam_step(weights, gradients, state, adam)
    weights <- stepped$weights
    state <- stepped$state
  }
  list(weights = weights, metrics = total / length(unlist(batches)))
}

#' @rdname plain_r
#' @export
plain_r_evaluate <- function(weights, xt, y, network) {
  logit <- plain_r_forward(weights, xt, network)$logit
  list(
    probability = plogis(logit),
    metrics = metrics(logit, y, penalty(weights, network))
  )
}
