"""Write the configuration's JSON schema and its reference page, from the code that validates."""

import argparse

HELP = "write the configuration's JSON schema and its page in docs/"


def configure(parser: argparse.ArgumentParser) -> None:
    pass


def run(arguments: argparse.Namespace) -> None:
    from pyreg import files
    from pyreg.config import reference_page
    from pyreg.config.reference_page import REFERENCE_PATH, SCHEMA_PATH

    files.write_text(SCHEMA_PATH, reference_page.json_schema())
    files.write_text(REFERENCE_PATH, reference_page.reference())
