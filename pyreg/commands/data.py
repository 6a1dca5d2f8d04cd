"""Find, fetch, verify and prepare the reviews, or other samples.

PYREG_IMDB names a local imdb.npz, archive or folder to use instead of downloading; PYREG_CACHE
the folder that downloads are kept in."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pyreg.commands import common

if TYPE_CHECKING:
    from pyreg.data.sources import Source

HELP = "find, fetch, verify and prepare the reviews, or other samples"


def configure(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    verb = verbs.add_parser("list", help="the sources, and which of them are here")
    verb.set_defaults(verb_run=_list)

    verb = verbs.add_parser("info", help="all that is known of a source")
    verb.add_argument("source", nargs="?", default="keras", help="its name (%(default)s)")
    verb.set_defaults(verb_run=_info)

    verb = verbs.add_parser("fetch", help="download a source to the cache, verified")
    verb.add_argument("source", nargs="?", default="keras", help="its name (%(default)s)")
    verb.set_defaults(verb_run=_fetch)

    verb = verbs.add_parser("verify", help="are files whole, safe and the lesson's data?")
    verb.add_argument("files", nargs="*", type=Path, metavar="FILE", help="default: all at hand")
    verb.set_defaults(verb_run=_verify)

    verb = verbs.add_parser("prepare", help="write a study's samples and where they come from")
    common.add_config(verb)
    verb.add_argument("--output-dir", required=True, type=Path, help="folder to write to")
    verb.set_defaults(verb_run=_prepare)


def run(arguments: argparse.Namespace) -> None:
    arguments.verb_run(arguments)


def _list(_: argparse.Namespace) -> None:
    from pyreg.data.sources import SOURCES

    for source in SOURCES.values():
        print(f"{source.name:<14} {_where(source):<9} {source.description}")


def _info(arguments: argparse.Namespace) -> None:
    from pyreg.data import origin
    from pyreg.data.sources import named

    for source in named(arguments.source).files:
        for field, value in vars(source).items():
            if value and field != "parts":
                shown = "\n".join(value) if isinstance(value, tuple) else str(value)
                print(f"{field}:".ljust(13) + shown.replace("\n", "\n" + " " * 13))
        print(f"{'here:':<13}{origin.at_hand(source) or _where(source)}")


def _fetch(arguments: argparse.Namespace) -> None:
    from pyreg.data import cache
    from pyreg.data.sources import SOURCES, named
    from pyreg.errors import InputError

    source = named(arguments.source)
    if not source.is_fetched:
        names = " or ".join(name for name, one in SOURCES.items() if one.is_fetched)
        raise InputError(
            f"the source '{source.name}' is nothing to download ({source.description}); "
            f"fetch {names}"
        )
    for file in source.files:
        print(cache.fetch(file))


def _verify(arguments: argparse.Namespace) -> None:
    from pyreg.data import verify
    from pyreg.errors import InputError

    verdicts = []
    for verdict in verify.verify(arguments.files or verify.at_hand()):
        verdicts.append(verdict)
        if verdict.is_good:
            print(verdict.message, flush=True)
    complaints = verify.complaints(verdicts)
    if complaints:
        raise InputError("\n".join(complaints))
    print(verify.summary(verdicts))


def _prepare(arguments: argparse.Namespace) -> None:
    from pyreg import data

    dataset = data.load(common.study(arguments).data)
    data.save_dataset(arguments.output_dir, dataset)
    provenance = dataset.provenance
    print(
        f"{provenance['num_train']:,} training and {provenance['num_validation']:,} validation "
        f"samples from {provenance['file'] or 'a generator'} ({provenance['source']})",
        file=sys.stderr,
    )


def _where(source: "Source") -> str:
    from pyreg.data import origin

    if source.origin is None:
        return "your own"
    if not source.file:
        return "drawn"
    return "here" if all(map(origin.at_hand, source.files)) else "not here"
