#' pyreg: the Keras lesson on regularization, and whether your results agree
#'
#' * Your own results: [compare_history()].
#' * A study's results: [read_results()], [read_keras_history()], [read_curves()], [curve_plot()].
#' * The lesson: [lesson_models()], [lesson_encode()], [lesson_train()], [lesson_run()].
#' * Its arithmetic without Keras: [plain_r_epoch()].
#'
#' @keywords internal
"_PACKAGE"
