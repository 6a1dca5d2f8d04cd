# Folders of runs in, history.rds beside each history.csv out; called by pyreg.
#
#   Rscript R/inst/scripts/write_histories.R RUN_FOLDER...

if (sys.nframe() == 0L) {
  script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
  script <- gsub("~+~", " ", script, fixed = TRUE) # how Rscript hands on a blank
  source(file.path(dirname(script), "..", "..", "R/history.R"))
  write_keras_histories(commandArgs(trailingOnly = TRUE))
}
