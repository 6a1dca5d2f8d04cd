"""The steps of the command line. Importing one is cheap: libraries load in its `run`."""
