library(testthat)
library(pyreg)

test_check("pyreg")
