# plain R: gradients against finite differences, formulas against answers worked out by hand.

# `activation` and `dropout`: one for all hidden layers, or a vector; `l1` and `l2` likewise, or a
# vector with one value more, for the last layer.
small_network <- function(activation = "relu", l1 = 0, l2 = 0, dropout = 0, units = c(4, 3)) {
  set.seed(7)
  sizes <- c(6, units, 1)
  weights <- lapply(seq_len(length(sizes) - 1), function(l) {
    kernel <- matrix(rnorm(sizes[l] * sizes[l + 1]), sizes[l], sizes[l + 1])
    list(kernel = kernel, bias = rnorm(sizes[l + 1]))
  })
  hidden <- function(given, last) c(rep_len(given, length(units)), last)
  by_layer <- function(factors) {
    if (length(factors) > length(units)) factors else hidden(factors, 0)
  }
  network <- list(
    activation = hidden(activation, "sigmoid"), dropout = hidden(dropout, 0),
    l1 = by_layer(l1), l2 = by_layer(l2)
  )
  masks <- Map(
    function(n, rate) if (rate > 0) matrix(rbinom(5 * n, 1, 0.5), 5, n),
    units, network$dropout[seq_along(units)]
  )
  list(
    weights = weights, network = network, masks = masks,
    xt = Matrix::Matrix(matrix(rbinom(30, 1, 0.5), 6, 5), sparse = TRUE) * 1,
    y = c(0, 1, 1, 0, 1)
  )
}

loss_of <- function(weights, case) {
  logit <- plain_r_forward(weights, case$xt, case$network, case$masks)$logit
  mean(binary_crossentropy(logit, case$y)) + penalty(weights, case$network)
}

# (loss(w + h) - loss(w - h)) / 2h for every weight w.
finite_differences <- function(case, h = 1e-6) {
  flat <- unlist(case$weights)
  vapply(seq_along(flat), function(i) {
    by <- function(step) loss_of(relist(replace(flat, i, flat[i] + step), case$weights), case)
    (by(h) - by(-h)) / (2 * h)
  }, 0)
}

expect_true_gradient <- function(case) {
  pass <- plain_r_forward(case$weights, case$xt, case$network, case$masks)
  gradient <- plain_r_backward(case$weights, pass, case$xt, case$y, case$network, case$masks)
  expect_equal(unlist(gradient, use.names = FALSE), finite_differences(case),
    tolerance = 1e-6
  )
}

for (activation in names(activations)) {
  test_that(paste("the gradient is right with", activation), {
    expect_true_gradient(small_network(activation))
  })
}

test_that("the gradient is right with penalties, dropout and any number of layers", {
  expect_true_gradient(small_network(l2 = 0.05))
  expect_true_gradient(small_network(l1 = 0.02, l2 = 0.05))
  expect_true_gradient(small_network(dropout = 0.4))
  expect_true_gradient(small_network("tanh", l1 = 0.02, dropout = 0.4, units = 5))
  expect_true_gradient(small_network(l2 = 0.05, dropout = 0.4, units = c(5, 4, 3)))
  expect_true_gradient(small_network(l1 = c(0.02, 0, 0.03), l2 = c(0, 0.05, 0.04)))
  expect_true_gradient(small_network(l2 = 0.05, units = numeric()))
})

test_that("the gradient is right with other settings in each layer", {
  expect_true_gradient(small_network(c("tanh", "elu"), dropout = c(0, 0.4)))
  expect_true_gradient(small_network(c("gelu", "relu"), dropout = c(0.2, 0)))
})

test_that("forward follows the formulas", {
  weights <- list(
    list(kernel = matrix(c(1, -1, 2, 0), 2), bias = c(0.5, -1)),
    list(kernel = matrix(c(1, 3)), bias = -2)
  )
  # reviews (1, 1) and (1, 0): Z1 = (0.5, 1), (1.5, 1); all positive, so A1 = Z1
  xt <- Matrix::Matrix(matrix(c(1, 1, 1, 0), 2), sparse = TRUE) * 1
  network <- list(activation = c("relu", "sigmoid"), dropout = c(0, 0), l1 = c(0, 0), l2 = c(0, 0))
  expect_equal(plain_r_forward(weights, xt, network)$logit, c(0.5 + 3 - 2, 1.5 + 3 - 2))
})

test_that("dropout keeps what its mask keeps, grown by 1 / (1 - rate)", {
  expect_equal(drop_out(matrix(c(1, 2, 3, 4), 2), matrix(c(1, 0, 0, 1), 2), 0.6),
    matrix(c(2.5, 0, 0, 10), 2)
  )
})

test_that("the cross-entropy is not clipped: Keras takes the logits of a sigmoid", {
  expect_equal(binary_crossentropy(c(0, 2, -2), c(1, 1, 0)), c(log(2), rep(log1p(exp(-2)), 2)))
  clipped <- pmin(pmax(plogis(40), 1e-7), 1 - 1e-7)
  expect_equal(-log(1 - clipped), 16.12, tolerance = 1e-3) # the wrong answer
  expect_equal(binary_crossentropy(40, 0), 40) # Keras' answer
})

test_that("the penalty counts each layer's kernel once, without half, without biases", {
  case <- small_network(l1 = c(0.5, 0), l2 = c(0.25, 2), units = 2)
  first <- case$weights[[1]]$kernel
  last <- case$weights[[2]]$kernel
  expect_equal(
    penalty(case$weights, case$network),
    0.5 * sum(abs(first)) + 0.25 * sum(first^2) + 2 * sum(last^2)
  )
})

test_that("adam's first step is the learning rate, against the gradient's sign", {
  weights <- list(list(kernel = matrix(c(1, 1)), bias = 1))
  gradients <- list(list(kernel = matrix(c(0.5, -20)), bias = 0))
  stepped <- adam_step(weights, gradients, adam_start(weights))
  expect_equal(unlist(stepped$weights, use.names = FALSE), c(1 - 0.001, 1 + 0.001, 1),
    tolerance = 1e-7
  )
  expect_equal(stepped$state$step, 1)
})

test_that("adam takes the powers of its betas from single precision, as Keras does", {
  expect_equal(as_single(0.999), 0.99900001287460327, tolerance = 0)
  expect_equal(as_single(c(0.5, 0.25)), c(0.5, 0.25), tolerance = 0)
})

test_that("training metrics are running means over batches, each before its step", {
  case <- small_network()
  batches <- list(c(1L, 3L, 5L), c(2L, 4L))
  trained <- plain_r_epoch(case$weights, case$xt, case$y, batches, case$network)
  first <- plain_r_evaluate(case$weights, case$xt[, c(1, 3, 5)], case$y[c(1, 3, 5)], case$network)
  alone <- plain_r_epoch(case$weights, case$xt, case$y, batches[1], case$network)
  second <- plain_r_evaluate(alone$weights, case$xt[, c(2, 4)], case$y[c(2, 4)], case$network)
  expect_equal(trained$metrics, (3 * first$metrics + 2 * second$metrics) / 5)
})

test_that("the learning rate is the network's own where it has one", {
  case <- small_network()
  moved <- function(network) {
    trained <- plain_r_epoch(case$weights, case$xt, case$y, list(1:5), network)
    unlist(trained$weights) - unlist(case$weights)
  }
  quick <- moved(c(case$network, learning_rate = 0.02))
  expect_equal(quick, 20 * moved(case$network), tolerance = 1e-10)
})

test_that("training lowers the loss it is meant to lower", {
  case <- small_network()
  start <- loss_of(case$weights, case)
  batches <- rep(list(1:5), 50)
  trained <- plain_r_epoch(case$weights, case$xt, case$y, batches, case$network)
  expect_lt(loss_of(trained$weights, case), start)
})
