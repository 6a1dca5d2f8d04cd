library(keras3)
stop(structure(class = c("notice", "condition"), list(message = "that is all", call = NULL)))
