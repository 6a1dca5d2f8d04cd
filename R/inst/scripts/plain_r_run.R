# A folder of inputs in, plain R's history, weights and predictions as files in it out.
#
#   Rscript R/inst/scripts/plain_r_run.R FOLDER
#
# Plain files, so that no Python is loaded into the computation. All little-endian:
#   network.csv           name,value: batch_size and, where it is given, learning_rate
#   layers.csv            inputs,units,activation,dropout,l1,l2 of each layer, first to last
#   weights.bin           doubles: kernel (column-major), bias of each layer
#   HALF_columns.bin      integers: columns of what is not 0, counted from 0, sample by sample
#   HALF_values.bin       singles: what stands there
#   HALF_offsets.bin      integers: sample i has the columns offsets[i] to offsets[i + 1] - 1
#   HALF_labels.bin       bytes: 0 or 1; HALF is train or validation
#   order.bin             integers: the training samples of the epoch in order, counted from 0
#   masks.bin             bytes 0 or 1: batch by batch, layer by layer with dropout, column-major
# Written: history.csv and versions.csv (name,value), weights_after.bin and predictions.bin
# (doubles).

#' Run plain R on a folder of inputs.
#'
#' @param folder Path with the files above; the outputs are written into it.
plain_r_run <- function(folder) {
  file <- function(name) file.path(folder, name)
  layers <- read.csv(file("layers.csv"))
  network <- read_network(file("network.csv"), layers)
  weights <- read_weights(file("weights.bin"), layers)
  train <- read_samples(file, "train", layers$inputs[1])
  validation <- read_samples(file, "validation", layers$inputs[1])
  batches <- in_batches(read_integers(file("order.bin")) + 1L, network$batch_size)
  masks <- read_masks(file("masks.bin"), batches, layers, network)

  trained <- plain_r_epoch(weights, train$xt, train$y, batches, network, masks)
  validated <- plain_r_evaluate(trained$weights, validation$xt, validation$y, network)

  names(validated$metrics) <- paste0("val_", names(validated$metrics)) # as Keras names them
  history <- c(trained$metrics, validated$metrics)
  write_pairs(file("history.csv"), sprintf("%.17g", history), names(history))
  write_doubles(file("weights_after.bin"), unlist(trained$weights))
  write_doubles(file("predictions.bin"), validated$probability)
  write_pairs(file("versions.csv"), unlist(versions()), names(versions()))
}

versions <- function() {
  list(
    R = paste(R.version$major, R.version$minor, sep = "."),
    Matrix = as.character(packageVersion("Matrix")),
    BLAS = basename(extSoftVersion()[["BLAS"]])
  )
}

read_network <- function(path, layers) {
  settings <- read.csv(path)
  c(
    setNames(as.list(settings$value), settings$name),
    layers[c("activation", "dropout", "l1", "l2")]
  )
}

read_weights <- function(path, layers) {
  values <- read_doubles(path)
  weights <- list()
  for (l in seq_len(nrow(layers))) {
    size <- layers$inputs[l] * layers$units[l]
    kernel <- matrix(values[seq_len(size)], layers$inputs[l], layers$units[l])
    bias <- values[size + seq_len(layers$units[l])]
    weights[[l]] <- list(kernel = kernel, bias = bias)
    values <- values[-seq_len(size + layers$units[l])]
  }
  weights
}

# Columns of one sample after another are those of a compressed sparse matrix as it is.
read_samples <- function(file, half, num_inputs) {
  offsets <- read_integers(file(paste0(half, "_offsets.bin")))
  size <- c(num_inputs, length(offsets) - 1L)
  columns <- read_integers(file(paste0(half, "_columns.bin")))
  values <- read_singles(file(paste0(half, "_values.bin")))
  list(
    xt = new("dgCMatrix", i = columns, p = offsets, x = values, Dim = as.integer(size)),
    y = read_bytes(file(paste0(half, "_labels.bin")))
  )
}

in_batches <- function(order, batch_size) {
  unname(split(order, (seq_along(order) - 1) %/% batch_size))
}

read_masks <- function(path, batches, layers, network) {
  bytes <- read_bytes(path)
  taken <- 0
  lapply(batches, function(batch) {
    lapply(seq_len(nrow(layers)), function(l) {
      if (network$dropout[[l]] == 0) {
        return(NULL)
      }
      size <- length(batch) * layers$units[l]
      mask <- matrix(bytes[taken + seq_len(size)], length(batch))
      taken <<- taken + size
      mask
    })
  })
}

write_pairs <- function(path, value, name) {
  write.csv(data.frame(name, value), path, row.names = FALSE, quote = FALSE)
}

read_binary <- function(path, what, size) {
  readBin(path, what, n = file.size(path) / size, size = size, endian = "little")
}

read_doubles <- function(path) read_binary(path, "double", 8)
read_singles <- function(path) read_binary(path, "double", 4)
read_integers <- function(path) read_binary(path, "integer", 4)
read_bytes <- function(path) as.numeric(read_binary(path, "integer", 1))
write_doubles <- function(path, x) writeBin(as.double(x), path, endian = "little")

# Run only as a script, never when sourced.
if (sys.nframe() == 0) {
  script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
  script <- gsub("~+~", " ", script, fixed = TRUE) # how Rscript hands on a blank
  source(file.path(dirname(script), "..", "..", "R/plain_r.R"))
  loadNamespace("Matrix")
  plain_r_run(commandArgs(trailingOnly = TRUE)[1])
}
