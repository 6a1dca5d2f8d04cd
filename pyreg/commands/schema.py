"""Write the configuration's JSON schema and its reference page, from the code that validates."""

import argparse

HELP = "write the configuration's JSON schema and its page in docs/"


def configure(parser: argparse.ArgumentParser) -> None:
    pass


def run(arguments: argparse.Namespace) -> None:
    from pyreg import config_reference, files

    files.write_text(config_reference.SCHEMA_PATH, config_reference.json_schema())
    files.write_text(config_reference.REFERENCE_PATH, config_reference.reference())
